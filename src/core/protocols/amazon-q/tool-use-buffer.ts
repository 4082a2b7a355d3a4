import { GatewayError } from '../../errors.js';

/** Characters of input one tool use may have; a whole answer of a model is far below it. */
export const LONGEST_TOOL_INPUT = 8 * 1024 * 1024;
/** Tool uses begun and not yet complete. */
export const MOST_OPEN_TOOL_USES = 128;

/** Payload of `toolUseEvent` (amazon-q.md §4.2). */
export interface ToolUsePayload {
  toolUseId: string;
  name?: string;
  input?: unknown;
  stop?: boolean;
}

export interface CompleteToolUse {
  id: string;
  name: string;
  /** JSON text of an object, as upstream spelt it. */
  input: string;
}

/**
 * Holds the pieces of each tool use until its `stop`: half an input must never reach a client, which would run the
 * tool with it. State by id, as uses may overlap.
 */
export class ToolUseBuffer {
  private readonly open = new Map<string, { name: string; pieces: string[]; length: number }>();

  get hasUnfinished(): boolean {
    return this.open.size > 0;
  }

  /** @throws GatewayError when the input is too long or, complete, no JSON object */
  push(payload: ToolUsePayload): CompleteToolUse | undefined {
    const id = payload.toolUseId;
    let use = this.open.get(id);
    if (!use) {
      if (this.open.size >= MOST_OPEN_TOOL_USES) throw invalidAnswer('too many tool uses at once');
      use = { name: '', pieces: [], length: 0 };
      this.open.set(id, use);
    }
    if (payload.name) use.name = payload.name;
    if (payload.input !== undefined && payload.input !== null) {
      // An object instead of text was seen too.
      const piece = typeof payload.input === 'string' ? payload.input : JSON.stringify(payload.input);
      use.pieces.push(piece);
      use.length += piece.length;
      if (use.length > LONGEST_TOOL_INPUT)
        throw invalidAnswer(`a tool input is longer than ${LONGEST_TOOL_INPUT} characters`);
    }
    if (!payload.stop) return undefined;
    this.open.delete(id);
    return { id, name: use.name, input: checkedInput(use.pieces.join('')) };
  }
}

function checkedInput(text: string): string {
  if (text.trim() === '') return '{}';
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw invalidAnswer('a tool input is no JSON', error);
  }
  if (input === null || typeof input !== 'object' || Array.isArray(input))
    throw invalidAnswer('a tool input is no JSON object');
  return text;
}

function invalidAnswer(what: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream', `The service sent an invalid answer: ${what}.`, {
    failure: { class: 'transient', retry: 'same-account' },
    cause,
  });
}
