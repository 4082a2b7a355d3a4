import { GatewayError } from '../../errors.js';
import type { CustomTool, InputMessage, MessagesRequest } from '../../messages/vocabulary.js';
import { describeIssue } from './describe-issue.js';
import { messagesRequestSchema } from './wire.js';

const DEEPEST_NESTING = 200;
/** By block, the kinds of source that can be sent upstream. */
const TAKEN_SOURCES: Record<string, readonly string[]> = { image: ['base64'], document: ['text', 'content'] };

/**
 * Checks the body of `POST /v1/messages` and hands it on unchanged (anthropic.md §3).
 * @throws GatewayError `invalid_request`, message in the form `<path>: <reason>`
 */
export function decodeRequest(body: unknown): MessagesRequest {
  for (const [field, value] of Object.entries(body ?? {})) checkDepth(value, field, 1);
  const parsed = messagesRequestSchema.safeParse(body, { reportInput: true });
  const issue = parsed.success ? undefined : parsed.error.issues[0];
  if (issue) {
    const { path, reason } = describeIssue(issue);
    throw invalid(path, path === '' ? 'The request body should be a JSON object' : reason);
  }
  const request = body as MessagesRequest;
  checkContent(request.messages);
  checkToolResults(request.messages);
  checkSources(request.messages);
  checkTools(request);
  return request;
}

function checkContent(messages: readonly InputMessage[]): void {
  for (const [index, { role, content }] of messages.entries()) {
    const isFinalAssistant = role === 'assistant' && index === messages.length - 1;
    if (role === 'system' || isFinalAssistant || content.length > 0) continue;
    throw invalid(
      `messages.${index}`,
      'all messages must have non-empty content except for the optional final assistant message',
    );
  }
}

/**
 * A result belongs to a tool use of the assistant turn before it; the service upstream refuses any other. Neighbours of
 * one role are one turn.
 */
function checkToolResults(messages: readonly InputMessage[]): void {
  let known = new Set<string>();
  let lastRole: InputMessage['role'] | undefined;
  for (const [index, { role, content }] of messages.entries()) {
    if (role === 'system') continue;
    if (role === 'assistant' && lastRole !== 'assistant') known = new Set();
    lastRole = role;
    if (typeof content === 'string') continue;
    for (const [position, block] of content.entries()) {
      if (role === 'assistant' && block.type === 'tool_use') known.add(block.id);
      if (role !== 'user' || block.type !== 'tool_result' || known.has(block.tool_use_id)) continue;
      throw invalid(
        `messages.${index}.content.${position}`,
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id.slice(0, 100)}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
  }
}

/** Content upstream has no way to take is refused here, where its place is known. */
function checkSources(messages: readonly InputMessage[]): void {
  for (const [index, { content }] of messages.entries()) {
    if (typeof content !== 'string') checkSourcesOf(content ?? [], `messages.${index}.content`);
  }
}

function checkSourcesOf(blocks: readonly { type: string }[], path: string): void {
  for (const [position, block] of blocks.entries()) {
    const at = `${path}.${position}`;
    const { source, content } = block as { source?: { type: string }; content?: unknown };
    const taken = TAKEN_SOURCES[block.type];
    if (source && taken && !taken.includes(source.type)) {
      throw invalid(
        `${at}.source.type`,
        `'${source.type}' is not supported by this gateway, send ${taken.join(' or ')}`,
      );
    }
    if (block.type === 'tool_result' && Array.isArray(content)) checkSourcesOf(content, `${at}.content`);
  }
}

/** Recursion over a request stays far from the end of the stack. */
function checkDepth(value: unknown, path: string, depth: number): void {
  if (value === null || typeof value !== 'object') return;
  if (depth > DEEPEST_NESTING) throw invalid(path, `Input is nested more than ${DEEPEST_NESTING} levels deep`);
  for (const item of Object.values(value)) checkDepth(item, path, depth + 1);
}

function checkTools({ tools, tool_choice }: MessagesRequest): void {
  const names = new Set<string>();
  for (const [index, tool] of (tools ?? []).entries()) {
    if (tool.type && tool.type !== 'custom') {
      throw invalid(
        `tools.${index}.type`,
        `the tool type '${tool.type.slice(0, 100)}' is not supported by this gateway`,
      );
    }
    const { name, input_schema } = tool as CustomTool;
    if (!name) throw invalid(`tools.${index}.name`, 'Field required');
    if (!input_schema) throw invalid(`tools.${index}.input_schema`, 'Field required');
    if (names.has(name)) throw invalid(`tools.${index}.name`, 'Tool names must be unique.');
    names.add(name);
  }
  if (tool_choice?.type === 'tool' && !names.has(tool_choice.name)) {
    throw invalid('tool_choice.name', 'Tool not found in provided tools');
  }
}

function invalid(path: string, reason: string): GatewayError {
  return new GatewayError('invalid_request', path === '' ? reason : `${path}: ${reason}`, { path });
}
