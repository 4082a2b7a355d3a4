import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { errorObject } from '../../src/core/protocols/openai/encode-error.js';
import { ROLES } from '../../src/core/protocols/openai-chat/decode-messages.js';
import { ASSISTANT_PARTS, TEXT_PARTS, USER_PARTS } from '../../src/core/protocols/openai-chat/decode-parts.js';
import { decodeChatRequest } from '../../src/core/protocols/openai-chat/decode-request.js';
import { FINISH_REASONS } from '../../src/core/protocols/openai-chat/finish-reason.js';
import {
  IGNORED_FIELDS_OF_MESSAGES,
  IGNORED_FIELDS_OF_PARTS,
  IGNORED_REQUEST_FIELDS,
  USED_REQUEST_FIELDS,
} from '../../src/core/protocols/openai-chat/ignored-fields.js';
import { refusalOf } from '../support/refusal-of.js';

const page = readFileSync(new URL('../../docs/openai-chat.md', import.meta.url), 'utf8');
const section = (title: string) => page.split(/^## /m).find((part) => part.startsWith(title)) ?? '';

/** Rows of a section's table: the name in the first column, the policy in the second. */
function rows(title: string): [name: string, policy: string][] {
  return [...section(title).matchAll(/^\| `([^`]+)` \| (\w+)/gm)].map(([, name = '', policy = '']) => [name, policy]);
}

const withPolicy = (title: string, ...policies: string[]) =>
  rows(title).flatMap(([name, policy]) => (policies.includes(policy) ? [name] : []));

const valid = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
const takes = (fields: object) => expect(decodeChatRequest({ ...valid, ...fields })).toBeDefined();
const codeOf = (fields: object) => errorObject(refusalOf(() => decodeChatRequest({ ...valid, ...fields }))).code;

describe('docs/openai-chat.md', () => {
  it('lists as ignored fields those that are', () => {
    expect(withPolicy('Fields', 'ignored')).toEqual([...IGNORED_REQUEST_FIELDS, ...IGNORED_FIELDS_OF_PARTS]);
    for (const field of IGNORED_REQUEST_FIELDS) takes({ [field]: 0.5 });
  });

  it('lists every other field that is read', () => {
    expect(withPolicy('Fields', 'honoured', 'emulated', 'refused').sort()).toEqual([...USED_REQUEST_FIELDS].sort());
  });

  it.each<[string, unknown]>([
    ['n', 2],
    ['logprobs', true],
    ['top_logprobs', 1],
    ['modalities', ['audio']],
    ['audio', {}],
  ])('says that `%s` is refused, and it is', (field, value) => {
    expect(withPolicy('Fields', 'refused')).toContain(field);
    expect(codeOf({ [field]: value })).toMatch(/^unsupported_(value|parameter)$/);
  });

  it('says of no other field that it is refused', () => {
    expect(withPolicy('Fields', 'refused')).toHaveLength(5);
  });

  it('lists as ignored in messages what is', () => {
    const list = section('Parts of content');
    expect([...list.matchAll(/^- `([^`]+)`$/gm)].map(([, item]) => item)).toEqual([...IGNORED_FIELDS_OF_MESSAGES]);
  });

  it('lists the tools that are served, and no other is offered', () => {
    expect(withPolicy('Tools', 'honoured', 'emulated')).toEqual(['function', 'custom']);
    expect(section('Tools')).toMatch(/^\| any other \| ignored \|/m);
    for (const type of ['function', 'custom', 'web_search']) {
      const { request } = decodeChatRequest({ ...valid, tools: [{ type, [type]: { name: 'f' } }] });
      expect(request.tools?.length ?? 0).toBe(type === 'web_search' ? 0 : 1);
    }
  });

  it('lists the tools that are refused, and they are', () => {
    const refused = withPolicy('Tools', 'refused');
    expect(refused).toEqual(['namespace', 'tool_search']);
    for (const type of refused) {
      expect(codeOf({ tools: [{ type, name: 'x', execution: 'client', tools: [] }] })).toBe('unsupported_value');
    }
    takes({ tools: [{ type: 'tool_search' }] });
  });

  it('lists every role', () => {
    expect(withPolicy('Messages', 'honoured')).toEqual(ROLES);
    expect(rows('Messages')).toHaveLength(ROLES.length);
  });

  it('lists every part, and whose it is', () => {
    const known = new Set([TEXT_PARTS, USER_PARTS, ASSISTANT_PARTS].flatMap((parts) => [...parts.keys()]));
    expect(
      rows('Parts of content')
        .map(([name]) => name)
        .sort(),
    ).toEqual([...known].sort());
    expect(withPolicy('Parts of content', 'refused')).toEqual(['input_audio']);
    expect(codeOf({ messages: [{ role: 'user', content: [{ type: 'input_audio' }] }] })).toBe('unsupported_value');
  });

  it('lists every reason to finish', () => {
    const listed = [...section('The answer').matchAll(/^\| `(\w+)` \|/gm)].map(([, reason]) => reason);
    expect(listed.filter((reason) => reason !== 'finish_reason').sort()).toEqual([...FINISH_REASONS].sort());
  });
});
