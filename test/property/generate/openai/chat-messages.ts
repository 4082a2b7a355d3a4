import fc from 'fast-check';
import { anyText } from '../text.js';
import { block, withExtras } from '../with-extras.js';
import { nullable } from './fields.js';
import { file, imageUrl } from './media.js';
import { argumentsText, callId, functionName, type Json } from './tools.js';

const text = block('text', { text: anyText });
const image = block('image_url', {
  image_url: withExtras(
    fc.record({ url: imageUrl, detail: fc.constantFrom('auto', 'low', null) }, { requiredKeys: ['url'] }),
  ),
});
const refusal = block('refusal', { refusal: anyText });
const userPart: fc.Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: text },
  { weight: 1, arbitrary: image },
  { weight: 1, arbitrary: block('file', { file }) },
);

const contentOf = (part: fc.Arbitrary<Json>): fc.Arbitrary<string | Json[]> =>
  fc.oneof(anyText, fc.array(part, { maxLength: 3 }));

/** Of users and of tools. */
const userContent = contentOf(userPart);

const functionCall = fc.record({ name: functionName, arguments: nullable(argumentsText) }, { requiredKeys: ['name'] });

const toolCall: fc.Arbitrary<Json> = withExtras(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ id: callId, type: fc.constant('function'), function: withExtras(functionCall) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        id: callId,
        type: fc.constant('custom'),
        custom: fc.record({ name: functionName, input: nullable(anyText) }, { requiredKeys: ['name'] }),
      }),
    },
  ),
);

/** Messages of one role; keys of `optional` are there only sometimes. */
function message(
  role: string,
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<Json> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {
    role: fc.constant(role),
    ...required,
    name: nullable(anyText),
    ...optional,
  };
  return withExtras(fc.record(fields, { requiredKeys: ['role', ...Object.keys(required)] }));
}

/**
 * Messages of Chat (openai.md §4): every role in any place, calls and results that meet, come again, or miss each other.
 */
export const chatMessages: fc.Arbitrary<Json[]> = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: message('system', { content: contentOf(text) }) },
    { weight: 1, arbitrary: message('developer', { content: contentOf(text) }) },
    { weight: 4, arbitrary: message('user', { content: userContent }) },
    {
      weight: 4,
      arbitrary: message(
        'assistant',
        {},
        {
          content: nullable(contentOf(fc.oneof({ weight: 3, arbitrary: text }, { weight: 1, arbitrary: refusal }))),
          refusal: nullable(anyText),
          tool_calls: nullable(fc.array(toolCall, { maxLength: 3 })),
          function_call: nullable(functionCall),
          reasoning_content: nullable(anyText),
          audio: fc.constantFrom(null, { id: 'audio_1' }),
          annotations: fc.constant([]),
        },
      ),
    },
    { weight: 4, arbitrary: message('tool', { tool_call_id: callId, content: userContent }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(functionName, message('function', { content: nullable(userContent) }))
        .map(([name, result]) => ({ ...result, name })),
    },
  ),
  { minLength: 1, maxLength: 10, size: 'max' },
);
