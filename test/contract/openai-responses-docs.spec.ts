import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  IGNORED_FIELDS_OF_ITEMS,
  IGNORED_FIELDS_OF_NOTES,
  IGNORED_FIELDS_OF_PARTS,
  IGNORED_REQUEST_FIELDS,
  USED_REQUEST_FIELDS,
} from '../../src/core/protocols/openai-responses/ignored-fields.js';
import { PARTS } from '../../src/core/protocols/openai-responses/items/content-parts.js';
import { ITEM_TYPES, SILENT_ITEM_TYPES } from '../../src/core/protocols/openai-responses/items/item-types.js';
import { ROLES } from '../../src/core/protocols/openai-responses/items/message.js';
import { decodeResponses, responsesRefusal } from '../support/decode-responses.js';

const page = readFileSync(new URL('../../docs/openai-responses.md', import.meta.url), 'utf8');
const section = (title: string) => page.split(/^## /m).find((part) => part.startsWith(title)) ?? '';

/** Rows of a section's table: the name in the first column, the policy in the second. */
function rows(title: string): [name: string, policy: string][] {
  return [...section(title).matchAll(/^\| `([^`]+)` \| (\w+)/gm)].map(([, name = '', policy = '']) => [name, policy]);
}

const names = (title: string) => rows(title).map(([name]) => name);
const withPolicy = (title: string, ...policies: string[]) =>
  rows(title).flatMap(([name, policy]) => (policies.includes(policy) ? [name] : []));
const askedWith = (fields: object) => decodeResponses(fields).request;

describe('docs/openai-responses.md', () => {
  it('lists as ignored fields those that are', () => {
    expect(withPolicy('Fields', 'ignored')).toEqual([...IGNORED_REQUEST_FIELDS, ...IGNORED_FIELDS_OF_PARTS]);
    for (const field of IGNORED_REQUEST_FIELDS) expect(askedWith({ [field]: 0.5 })).toEqual(askedWith({}));
  });

  it.each(['text.verbosity', 'reasoning.context', 'reasoning.mode', 'stream_options.include_obfuscation'])(
    'says that `%s` is ignored, and it is',
    (path) => {
      const [field = '', member = ''] = path.split('.');
      expect(withPolicy('Fields', 'ignored')).toContain(path);
      expect(askedWith({ [field]: { [member]: 5 } })).toEqual(askedWith({}));
    },
  );

  it('lists every other field that is read', () => {
    expect(withPolicy('Fields', 'honoured', 'emulated', 'refused').sort()).toEqual([...USED_REQUEST_FIELDS].sort());
  });

  it.each<[string, unknown]>([
    ['conversation', 'conv_1'],
    ['prompt', {}],
    ['background', true],
  ])('says that `%s` is refused, and it is', (field, value) => {
    expect(withPolicy('Fields', 'refused')).toContain(field);
    expect(responsesRefusal({ [field]: value }).slice(0, 2)).toEqual([
      expect.stringMatching(/^unsupported_(value|parameter)$/),
      field,
    ]);
  });

  it('says of no other field that it is refused', () => {
    expect(withPolicy('Fields', 'refused')).toHaveLength(3);
  });

  it('lists every item', () => {
    expect(names('Items').sort()).toEqual([...ITEM_TYPES.keys(), ...SILENT_ITEM_TYPES, 'item_reference'].sort());
    expect(section('Items')).toMatch(/^\| any other \| ignored \|/m);
  });

  it('lists every role', () => {
    const [row = ''] = /^\| `message` .*$/m.exec(section('Items')) ?? [];
    for (const role of ROLES) expect(row).toContain(`\`${role}\``);
  });

  it('lists as ignored the items that are dropped', () => {
    const message = { role: 'user', content: 'Hi' };
    for (const type of [...withPolicy('Items', 'ignored'), 'made_up']) {
      expect(askedWith({ input: [message, { type }] })).toEqual(askedWith({ input: [message] }));
    }
  });

  it('lists every part', () => {
    expect(withPolicy('Parts of content', 'honoured', 'emulated').sort()).toEqual([...PARTS.keys()].sort());
    expect(withPolicy('Parts of content', 'refused')).toEqual(['input_audio']);
    const input = [{ role: 'user', content: [{ type: 'input_audio' }] }];
    expect(responsesRefusal({ input })[0]).toBe('unsupported_value');
  });

  it('lists as ignored in items what is', () => {
    const list = section('Parts of content');
    expect([...list.matchAll(/^- `([^`]+)`$/gm)].map(([, item]) => item)).toEqual([
      ...IGNORED_FIELDS_OF_ITEMS,
      ...IGNORED_FIELDS_OF_NOTES,
    ]);
  });

  it('lists the tools that are served, and no other is offered', () => {
    expect(names('Tools')).toEqual(['function', 'custom', 'namespace', 'tool_search']);
    expect(section('Tools')).toMatch(/^\| any other \| ignored \|/m);
    const tool = { name: 'f', execution: 'client', tools: [{ type: 'function', name: 'g' }] };
    for (const type of names('Tools')) expect(askedWith({ tools: [{ ...tool, type }] }).tools).toHaveLength(1);
    for (const type of ['local_shell', 'shell', 'apply_patch', 'web_search', 'made_up']) {
      expect(askedWith({ tools: [{ ...tool, type }] }).tools).toBeUndefined();
    }
  });
});
