import { GatewayError } from '../../errors.js';
import type { CustomTool, InputMessage, MessagesRequest } from '../../messages/vocabulary.js';
import { describeIssue } from './describe-issue.js';
import { messagesRequestSchema } from './wire.js';

/**
 * Checks the body of `POST /v1/messages` and hands it on unchanged (anthropic.md §3).
 * @throws GatewayError `invalid_request`, message in the form `<path>: <reason>`
 */
export function decodeRequest(body: unknown): MessagesRequest {
  const parsed = messagesRequestSchema.safeParse(body, { reportInput: true });
  const issue = parsed.success ? undefined : parsed.error.issues[0];
  if (issue) {
    const { path, reason } = describeIssue(issue);
    throw invalid(path, path === '' ? 'The request body should be a JSON object' : reason);
  }
  const request = body as MessagesRequest;
  checkContent(request.messages);
  checkToolResults(request.messages);
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

/** A result belongs to a tool use of the assistant message before it; the service upstream refuses any other. */
function checkToolResults(messages: readonly InputMessage[]): void {
  let known = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (typeof message.content === 'string' || message.role === 'system') {
      if (message.role === 'assistant') known = new Set();
      continue;
    }
    if (message.role === 'assistant') {
      known = new Set(message.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])));
      continue;
    }
    for (const [position, block] of message.content.entries()) {
      if (block.type !== 'tool_result' || known.has(block.tool_use_id)) continue;
      throw invalid(
        `messages.${index}.content.${position}`,
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id.slice(0, 100)}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
  }
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
