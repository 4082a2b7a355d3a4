import { describe, expect, it } from '@jest/globals';
import { IGNORED_REQUEST_FIELDS, ignoredFieldsOf } from './ignored-fields.js';

describe('the ignored fields of a request', () => {
  it('are told by name', () => {
    const body = Object.fromEntries(IGNORED_REQUEST_FIELDS.map((field) => [field, 'x']));
    expect(ignoredFieldsOf({ model: 'm', messages: [], stop: 'x', ...body })).toEqual([...IGNORED_REQUEST_FIELDS]);
  });

  it('are one `other` where the name is the client’s own', () => {
    const body = JSON.parse('{"mine":1,"\\"} 1":2,"__proto__":{"x":1},"constructor":3}');
    expect(ignoredFieldsOf(body)).toEqual(['other']);
  });

  it('are not told when they are null', () => {
    expect(ignoredFieldsOf({ seed: null, mine: null })).toEqual([]);
  });
});
