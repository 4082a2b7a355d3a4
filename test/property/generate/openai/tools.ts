import fc from 'fast-check';
import type { WireForm } from '../../../../src/core/protocols/openai/wire-form.js';
import { anySchema } from '../schemas.js';
import { anyJson, anyJsonObject, anyText } from '../text.js';
import { toolName } from '../tools.js';
import { withExtras } from '../with-extras.js';
import { nullable, sparse } from './fields.js';

export type Json = Record<string, unknown>;

/** Longer than upstream takes, or alike once cleaned: as clients may, up to 256 characters. */
export const functionName: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: toolName },
  { weight: 1, arbitrary: fc.constantFrom('n'.repeat(256), 'a b', 'a/b', 'a_b', 'mcp__x__y', 'tool_search', 'search') },
);

export const namespaceName = fc.constantFrom('mcp__x', 'mcp', 'functions', '工具', 'n'.repeat(256), '__proto__');

/** Its id need not be unique: several clients count them anew in each turn. */
export const callId: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('call_1', 'call_2', 'call_3', 'CALL_1') },
  { weight: 2, arbitrary: fc.constantFrom('', ' ', 'a/b', 'a_b', '__proto__', 'constructor', 'x'.repeat(200)) },
  { weight: 1, arbitrary: anyText },
);

/** Arguments as a model wrote them: JSON text of an object, of anything else, or none at all. */
export const argumentsText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: anyJsonObject.map((input) => JSON.stringify(input)) },
  { weight: 1, arbitrary: anyJson.map((input) => JSON.stringify(input)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', ' ', '{"half":', `${'['.repeat(500)}${']'.repeat(500)}`, '{"a":{"a":1}}{}'),
  },
  { weight: 1, arbitrary: anyText },
);

const functionFields = (name: fc.Arbitrary<string>): fc.Arbitrary<Json> =>
  fc
    .tuple(
      name,
      sparse({
        description: nullable(anyText),
        parameters: nullable(
          fc.oneof({ weight: 3, arbitrary: anySchema.map((schema) => ({ ...schema, type: 'object' })) }, anySchema),
        ),
        strict: nullable(fc.boolean()),
      }),
    )
    .map(([own, rest]) => ({ name: own, ...rest }));

const grammar = fc.constantFrom({ syntax: 'lark', definition: 'start: "a"+' }, { syntax: 'regex', definition: '^a+$' });

const customFields = (name: fc.Arbitrary<string>): fc.Arbitrary<Json> =>
  fc
    .tuple(
      name,
      sparse({
        description: nullable(anyText),
        format: fc.oneof(
          fc.constantFrom(null, { type: 'text' }),
          grammar.map((rule) => ({ type: 'grammar', ...rule })),
          grammar.map((rule) => ({ type: 'grammar', grammar: rule })),
        ),
      }),
    )
    .map(([own, rest]) => ({ name: own, ...rest }));

function named(form: WireForm, type: 'function' | 'custom', fields: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  if (form === 'nested') return withExtras(fc.tuple(fields).map(([each]) => ({ type, [type]: each })));
  return withExtras(fields).map((each) => ({ type, ...each }));
}

const hosted: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  { type: 'web_search', external_web_access: false },
  { type: 'web_search_preview', user_location: null },
  { type: 'image_generation' },
  { type: 'code_interpreter', container: { type: 'auto' } },
  { type: 'file_search', vector_store_ids: [] },
  { type: 'mcp', server_label: 'x', name: 7 },
  { type: 'computer_use_preview', display_width: 1 },
  { type: 'local_shell' },
  { type: 'of_a_later_version', function: 'none', tools: null },
  { type: 'tool_search' },
  { type: 'tool_search', execution: 'server' },
);

const functionTool = (form: WireForm) => named(form, 'function', functionFields(functionName));
const customTool = (form: WireForm) => named(form, 'custom', customFields(functionName));

const namespace: fc.Arbitrary<Json> = fc
  .tuple(
    namespaceName,
    sparse({ description: nullable(anyText) }),
    fc.array(
      fc.oneof(
        { weight: 3, arbitrary: functionTool('flat') },
        { weight: 2, arbitrary: customTool('flat') },
        { weight: 1, arbitrary: hosted },
      ),
      { maxLength: 3 },
    ),
  )
  .map(([name, rest, tools]) => ({ type: 'namespace', name, ...rest, tools }));

const toolSearch: fc.Arbitrary<Json> = functionFields(fc.constant('search')).map(({ name: _name, ...fields }) => ({
  type: 'tool_search',
  execution: 'client',
  ...fields,
}));

const none: fc.Arbitrary<Json[] | null> = fc.constantFrom<Json[] | null>(null, []);

/** Tools of Chat: functions and custom ones. Two may have one name: the last one counts. */
export const chatTools: fc.Arbitrary<Json[] | null> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(
      fc.oneof(
        { weight: 6, arbitrary: functionTool('nested') },
        { weight: 2, arbitrary: customTool('nested') },
        { weight: 1, arbitrary: hosted },
      ),
      { maxLength: 5, size: 'max' },
    ),
  },
  { weight: 1, arbitrary: none },
);

/** Tools of Responses: namespaces and a search as well. */
export const responsesTools: fc.Arbitrary<Json[] | null> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(
      fc.oneof(
        { weight: 5, arbitrary: functionTool('flat') },
        { weight: 2, arbitrary: customTool('flat') },
        { weight: 2, arbitrary: namespace },
        { weight: 1, arbitrary: toolSearch },
        { weight: 1, arbitrary: hosted },
      ),
      { maxLength: 5, size: 'max' },
    ),
  },
  { weight: 1, arbitrary: none },
);

/** The old `functions` of Chat. */
export const functions: fc.Arbitrary<Json[] | null> = fc.oneof(
  { weight: 5, arbitrary: fc.array(withExtras(functionFields(functionName)), { maxLength: 3 }) },
  { weight: 1, arbitrary: none },
);
