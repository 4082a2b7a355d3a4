import fc from 'fast-check';
import { model } from '../requests.js';
import { anyText } from '../text.js';
import { withExtras } from '../with-extras.js';
import { effort, ignoredOptions, nullable, outputLimit, sparse, unread } from './fields.js';
import { outputFormat } from './output-format.js';
import { anyItem, lostReasoning, referenceTo, storedItem } from './response-items.js';
import { choiceOf, plannedChoice, type Reference, referencesIn } from './tool-choice.js';
import { type Json, responsesTools } from './tools.js';

/** A body of `POST /v1/responses` as it travels. */
export interface ResponsesBody {
  model: string;
  input?: string | Json[] | null;
  stream?: boolean | null;
  [key: string]: unknown;
}

/** A request, and what the store has of the past it builds on. */
export interface StoredRequest {
  body: ResponsesBody;
  previous: Json[];
  items: Json[];
}

/** Fields that are honoured, emulated or ignored, never a reason to refuse (openai.md §6). */
const options = sparse({
  ...ignoredOptions,
  instructions: nullable(anyText),
  stream: nullable(fc.boolean()),
  stream_options: nullable(sparse({ include_obfuscation: unread })),
  max_output_tokens: outputLimit,
  parallel_tool_calls: nullable(fc.boolean()),
  text: nullable(sparse({ format: outputFormat('flat'), verbosity: fc.constantFrom('low', null) })),
  reasoning: nullable(
    sparse({
      effort,
      summary: fc.constantFrom('auto', 'detailed', 'none', null),
      generate_summary: unread,
      context: unread,
      mode: unread,
    }),
  ),
  store: nullable(fc.boolean()),
  include: nullable(fc.subarray(['reasoning.encrypted_content', 'message.output_text.logprobs', 'of.my.own'])),
  background: fc.constantFrom(false, null),
  truncation: fc.constantFrom('auto', 'disabled', null),
  conversation: fc.constant(null),
  prompt: fc.constant(null),
  top_logprobs: unread,
  max_tool_calls: unread,
  context_management: unread,
  access_programs: unread,
  client_metadata: unread,
});

const STORED_IDS = ['msg_1', 'fc_1', 'ctc_1', 'rs_1', '__proto__'];

const items: fc.Arbitrary<Json[]> = fc.tuple(...STORED_IDS.map(storedItem));

const input: fc.Arbitrary<ResponsesBody['input']> = fc.oneof(
  { weight: 1, arbitrary: anyText },
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.array(
          fc.oneof(
            { weight: 12, arbitrary: anyItem },
            { weight: 1, arbitrary: fc.constantFrom(...STORED_IDS).chain(referenceTo) },
            { weight: 1, arbitrary: lostReasoning },
          ),
          { minLength: 1, maxLength: 10, size: 'max' },
        ),
        fc.option(fc.constant({ type: 'compaction_trigger' }), { nil: undefined, freq: 1 }),
      )
      .map(([all, trigger]) => (trigger ? [...all, trigger] : all)),
  },
);

const sometimes = <T>(value: fc.Arbitrary<T>, freq: number) => fc.option(value, { nil: undefined, freq });

/** Any request that the API is known to accept, in the whole range of what clients may write. */
export const validResponsesRequest: fc.Arbitrary<StoredRequest> = fc
  .record({
    base: withExtras(fc.record({ model })),
    input,
    options,
    tools: sometimes(responsesTools, 4),
    choice: plannedChoice,
    items,
    previous: sometimes(fc.array(anyItem, { maxLength: 5 }), 1),
    nothingNew: fc.boolean(),
  })
  .map(({ base, input: said, options: some, tools, choice, items: stored, previous, nothingNew }) => {
    const addsNothing = previous !== undefined && previous.length > 0 && nothingNew;
    const own = addsNothing ? (said === '' ? null : []) : said;
    const offered = [...referencesIn(tools), ...broughtBy(sinceSummary(previous), []), ...broughtBy(own, stored)];
    const tool_choice = choiceOf(choice, offered, 'flat');
    const body: ResponsesBody = {
      ...some,
      ...base,
      ...(own !== undefined && { input: own }),
      ...(tools !== undefined && { tools }),
      ...(tool_choice !== undefined && { tool_choice }),
      ...(previous && { previous_response_id: 'resp_1' }),
    };
    return { body, items: stored, previous: previous ?? [] };
  });

/** Tools may come with items, also with those that are referred to. */
function broughtBy(all: ResponsesBody['input'], stored: readonly Json[]): Reference[] {
  if (!Array.isArray(all)) return [];
  const resolved = all.map((each) => stored.find(({ id }) => id === each.id) ?? each);
  return resolved.flatMap(({ type, tools }) =>
    type === 'additional_tools' || type === 'tool_search_output' ? referencesIn(tools) : [],
  );
}

/** A summary that was made of all before it stands for that. */
function sinceSummary(previous: Json[] | undefined): Json[] {
  const trigger = (previous ?? []).findLastIndex(({ type }) => type === 'compaction_trigger');
  return (previous ?? []).slice(trigger + 1);
}
