import { UniqueNames } from '../../messages/unique-names.js';
import type { InputMessage } from '../../messages/vocabulary.js';

/** What upstream takes and makes itself (amazon-q.md §2.3). */
const FITS = /^[a-zA-Z0-9_-]{1,64}$/;
const LONGEST_ID = 64;

/**
 * Ids of the tool uses in one request, in the form upstream takes: those of another API, from a conversation that
 * began there, may be longer or hold other characters. The same id is the same wherever it stands.
 */
export class ToolUseIds {
  private mapped: ReadonlyMap<string, string> | undefined;

  constructor(private readonly messages: readonly InputMessage[]) {}

  encode(id: string): string {
    if (FITS.test(id)) return id;
    this.mapped ??= mapMisfits(this.messages);
    return this.mapped.get(id) ?? id;
  }
}

function mapMisfits(messages: readonly InputMessage[]): ReadonlyMap<string, string> {
  const unique = new UniqueNames(LONGEST_ID);
  const misfits = new Set<string>();
  for (const id of new Set(idsIn(messages))) {
    if (FITS.test(id)) unique.take(id);
    else misfits.add(id);
  }
  return new Map([...misfits].map((id) => [id, unique.take(id.replace(/[^a-zA-Z0-9_-]/g, '_'))]));
}

function* idsIn(messages: readonly InputMessage[]): Iterable<string> {
  for (const { content } of messages) {
    if (typeof content === 'string') continue;
    for (const block of content ?? []) {
      if (block.type === 'tool_use') yield block.id;
      else if (block.type === 'tool_result') yield block.tool_use_id;
    }
  }
}
