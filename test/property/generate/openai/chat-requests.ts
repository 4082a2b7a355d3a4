import fc from 'fast-check';
import { model } from '../requests.js';
import { anyText } from '../text.js';
import { withExtras } from '../with-extras.js';
import { chatMessages } from './chat-messages.js';
import { chatIgnoredOptions, effort, ignoredOptions, nullable, outputLimit, sparse, unread } from './fields.js';
import { outputFormat } from './output-format.js';
import { choiceOf, type PlannedChoice, plannedChoice, referencesIn } from './tool-choice.js';
import { chatTools, functions, type Json } from './tools.js';

/** A body of `POST /v1/chat/completions` as it travels. */
export interface ChatBody {
  model: string;
  messages: Json[];
  stream?: boolean | null;
  [key: string]: unknown;
}

const sequence = anyText.filter((text) => text !== '' && text.length <= 1_000);

/** Fields that are honoured, emulated or ignored, never a reason to refuse (openai.md §4). */
const options = sparse({
  ...ignoredOptions,
  ...chatIgnoredOptions,
  stream: nullable(fc.boolean()),
  stream_options: nullable(sparse({ include_usage: nullable(fc.boolean()), include_obfuscation: unread })),
  max_completion_tokens: outputLimit,
  max_tokens: outputLimit,
  stop: nullable(fc.oneof(sequence, fc.array(sequence, { maxLength: 4 }))),
  n: fc.constantFrom(1, '1', null),
  logprobs: fc.constantFrom(false, null),
  top_logprobs: fc.constantFrom(0, null),
  modalities: fc.constantFrom(['text'], [], null),
  audio: fc.constant(null),
  response_format: outputFormat('nested'),
  reasoning_effort: effort,
  parallel_tool_calls: nullable(fc.boolean()),
});

const sometimes = <T>(value: fc.Arbitrary<T>, freq: number) => fc.option(value, { nil: undefined, freq });

/** Any request that the API is known to accept, in the whole range of what clients may write. */
export const validChatRequest: fc.Arbitrary<ChatBody> = fc
  .record({
    base: withExtras(fc.record({ model, messages: chatMessages })),
    options,
    tools: sometimes(chatTools, 4),
    functions: fc.option(functions, { nil: undefined, freq: 1 }),
    choice: plannedChoice,
    functionChoice: plannedChoice,
  })
  .map(({ base, options: some, tools, functions: old, choice, functionChoice }) => {
    const offered = [...referencesIn(tools), ...referencesIn(asTools(old))];
    const tool_choice = choiceOf(choice, offered, 'nested');
    const function_call = functionChoiceOf(functionChoice, offered);
    return {
      ...some,
      ...base,
      ...(tools !== undefined && { tools }),
      ...(old !== undefined && { functions: old }),
      ...(tool_choice !== undefined && { tool_choice }),
      ...(function_call !== undefined && { function_call }),
    };
  });

/** The names of one kind; a custom tool is no function. */
function functionChoiceOf({ kind, which }: PlannedChoice, offered: ReturnType<typeof referencesIn>): unknown {
  if (kind === 'none' || kind === 'auto') return kind;
  if (kind === 'null') return null;
  const chosen = offered[(which[0] ?? 0) % Math.max(1, offered.length)];
  return kind === 'named' && chosen ? { name: chosen.name } : undefined;
}

function asTools(old: Json[] | null | undefined): Json[] {
  return (old ?? []).map((each) => ({ ...each, type: 'function' }));
}
