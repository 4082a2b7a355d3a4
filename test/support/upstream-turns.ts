import type { Simulator } from '../../simulator/simulator.js';
import type { ConversationState, HistoryEntry } from '../../simulator/wire.js';

/** What upstream was shown of one conversation. */
export interface UpstreamTurn {
  /** The text of the current message. */
  text: string;
  /** Everything in it and before it, as JSON. */
  whole: string;
  /** Formats of the images of the current message. */
  images: string[];
  /** Names of the tools offered. */
  tools: string[];
  /** Tool results in the current message: the text of each. */
  results: string[];
  /** The turns before the current message, each as its speaker and text; calls are `name(input as JSON)`. */
  history: string[];
  /** `additionalModelRequestFields`. */
  fields: Record<string, unknown> | undefined;
}

/** The conversations that reached upstream since its last reset, oldest first. */
export function upstreamTurns(simulator: Simulator): UpstreamTurn[] {
  return simulator.requests
    .filter(({ operation }) => operation === 'GenerateAssistantResponse')
    .map(({ body }) => {
      const { conversationState, additionalModelRequestFields } = body as {
        conversationState: ConversationState;
        additionalModelRequestFields?: Record<string, unknown>;
      };
      const { userInputMessage: current } = conversationState.currentMessage;
      const { tools = [], toolResults = [] } = current.userInputMessageContext ?? {};
      return {
        text: current.content,
        whole: JSON.stringify(conversationState),
        images: (current.images ?? []).map(({ format }) => format),
        tools: tools.flatMap(({ toolSpecification }) => toolSpecification?.name ?? []),
        results: toolResults.map(({ content }) => content.map(({ text }) => text).join('')),
        history: (conversationState.history ?? []).map(spell),
        fields: additionalModelRequestFields,
      };
    });
}

/** The newest of them. */
export function lastUpstreamTurn(simulator: Simulator): UpstreamTurn {
  const turn = upstreamTurns(simulator).at(-1);
  if (!turn) throw new Error('nothing reached upstream');
  return turn;
}

function spell({ userInputMessage: user, assistantResponseMessage: assistant }: HistoryEntry): string {
  if (user) {
    const results = user.userInputMessageContext?.toolResults ?? [];
    const texts = results.map(({ content }) => content.map(({ text }) => text).join(''));
    return `user: ${[user.content, ...texts].filter((text) => text.trim() !== '').join(' | ')}`;
  }
  const calls = (assistant?.toolUses ?? []).map(({ name, input }) => `${name}(${JSON.stringify(input)})`);
  return `assistant: ${[assistant?.content ?? '', ...calls].filter((text) => text.trim() !== '').join(' | ')}`;
}
