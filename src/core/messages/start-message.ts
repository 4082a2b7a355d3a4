import type { MessagesEvent } from './vocabulary.js';

/** What is known of an answer when it begins. */
export interface AnswerBeginning {
  /** `msg_…` */
  messageId: string;
  /** The model's name as the client spelt it: it is echoed. */
  requestedModel: string;
  estimatedInputTokens: number;
}

/**
 * The event that opens an answer. Every field that SDK 1.x declares is sent, null where there is nothing to say
 * (anthropic.md §2, §7).
 */
export function startMessage(beginning: AnswerBeginning): MessagesEvent {
  return {
    type: 'message_start',
    message: {
      id: beginning.messageId,
      type: 'message',
      role: 'assistant',
      model: beginning.requestedModel,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: {
        input_tokens: beginning.estimatedInputTokens,
        output_tokens: 1,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens_details: null,
        server_tool_use: null,
        service_tier: 'standard',
        inference_geo: null,
        speed: 'standard',
      },
    },
  };
}
