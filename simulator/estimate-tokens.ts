import type { ConversationState, UserInputMessage } from './wire.js';

const charactersPerToken = 4;
const tokensPerImage = 1_600;

/** A simple estimate, enough for limits and for usage that hangs together. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}

/** Everything the model would have to read. */
export function estimatePromptTokens(conversation: ConversationState): number {
  const current = conversation.currentMessage.userInputMessage;
  let characters = measureUser(current) + lengthOf(current.userInputMessageContext?.tools);
  let images = current.images?.length ?? 0;
  for (const entry of conversation.history ?? []) {
    if (entry.userInputMessage) {
      characters += measureUser(entry.userInputMessage);
      images += entry.userInputMessage.images?.length ?? 0;
    } else if (entry.assistantResponseMessage) {
      const { content, toolUses, reasoningContent } = entry.assistantResponseMessage;
      characters += content.length + lengthOf(toolUses) + (reasoningContent?.reasoningText?.text.length ?? 0);
    }
  }
  return estimateTokens(characters) + images * tokensPerImage;
}

function measureUser(message: UserInputMessage): number {
  return message.content.length + lengthOf(message.userInputMessageContext?.toolResults);
}

function lengthOf(value: unknown): number {
  return value === undefined || value === null ? 0 : JSON.stringify(value).length;
}
