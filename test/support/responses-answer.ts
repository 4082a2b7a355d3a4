import type { MessagesEvent } from '../../src/core/messages/vocabulary.js';
import { ClientTools } from '../../src/core/protocols/openai/client-tools.js';
import type { OutputItem } from '../../src/core/protocols/openai-responses/output/output-item.js';
import { type ResponseContext, ResponseEvents } from '../../src/core/protocols/openai-responses/response-events.js';
import type { ResponseStreamEvent } from '../../src/core/protocols/openai-responses/response-stream-event.js';
import type { EchoedSettings } from '../../src/core/protocols/openai-responses/responses-request.js';

/** What a response repeats of a request that says nothing but model and input. */
export const settings: EchoedSettings = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  model: 'gpt-5.5',
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  service_tier: 'default',
  store: true,
  temperature: null,
  text: { format: { type: 'text' }, verbosity: null },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: null,
  top_p: null,
  truncation: 'disabled',
  user: null,
};

/** The speller of one answer: made in second 1000, over in second 1007, thinking shown. */
export function responseEvents(context: Partial<ResponseContext> = {}): ResponseEvents {
  return new ResponseEvents({
    id: 'resp_abc',
    createdAt: 1000,
    now: () => 1007,
    settings,
    tools: new ClientTools(),
    showsSummary: true,
    includesEncryptedReasoning: false,
    store: true,
    isCompaction: false,
    ...context,
  });
}

/** What an answer is spelt as. */
export function spelt(
  events: readonly MessagesEvent[],
  context: Partial<ResponseContext> = {},
): { events: ResponseStreamEvent[]; types: string[]; items: OutputItem[] } {
  const speller = responseEvents(context);
  const all = events.flatMap((event) => speller.push(event));
  return {
    events: all,
    types: all.map(({ type }) => type),
    items: all.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item] : [])),
  };
}
