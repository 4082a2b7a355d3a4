import { type ServiceError, validationError } from '../service-error.js';
import type { ConversationState, Tool, ToolResult, ToolUse } from '../wire.js';

/** What tool uses, tool results and the tools offered owe each other (sheet §2.5 rules 2–5). */
export function checkToolTurns(conversation: ConversationState, tools: readonly Tool[]): void {
  const history = conversation.history ?? [];
  let uses: readonly ToolUse[] = [];
  let anyTurns = false;
  for (const [index, entry] of history.entries()) {
    if (entry.userInputMessage) {
      const results = entry.userInputMessage.userInputMessageContext?.toolResults ?? [];
      checkPairs(uses, results, `history[${index}]`);
      anyTurns ||= results.length > 0;
    } else {
      uses = entry.assistantResponseMessage?.toolUses ?? [];
      anyTurns ||= uses.length > 0;
    }
  }
  const results = conversation.currentMessage.userInputMessage.userInputMessageContext?.toolResults ?? [];
  checkPairs(uses, results, 'currentMessage');
  if (anyTurns) {
    checkOffered(conversation, tools);
  }
}

/** Every use has its result in the very next user message, and no result is there without its use. */
function checkPairs(uses: readonly ToolUse[], results: readonly ToolResult[], path: string): void {
  const expected = new Set(uses.map((use) => use.toolUseId));
  for (const { toolUseId } of results) {
    if (!expected.delete(toolUseId)) {
      throw mismatch(`${path}: result ${toolUseId} has no tool use in the message before`);
    }
  }
  if (expected.size > 0) {
    throw mismatch(`${path}: no result for ${[...expected].join(', ')}`);
  }
}

function checkOffered(conversation: ConversationState, tools: readonly Tool[]): void {
  // The service was seen to compare names without regard to case (sheet §2.5 rule 5).
  const offered = new Set(tools.map((tool) => tool.toolSpecification?.name.toLowerCase()));
  offered.delete(undefined);
  if (offered.size === 0) {
    throw toolsMissing('there are tool turns, but no tools');
  }
  for (const entry of conversation.history ?? []) {
    for (const { name } of entry.assistantResponseMessage?.toolUses ?? []) {
      if (!offered.has(name.toLowerCase())) {
        throw toolsMissing(`history uses ${name}, which is not among the tools`);
      }
    }
  }
}

function mismatch(detail: string): ServiceError {
  return validationError('TOOL_USE_RESULT_MISMATCH', 'Tool uses and tool results do not match.', detail);
}

function toolsMissing(detail: string): ServiceError {
  return validationError('TOOL_CONFIG_MISSING', 'Tool configuration is missing.', detail);
}
