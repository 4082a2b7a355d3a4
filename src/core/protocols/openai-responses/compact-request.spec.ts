import { describe, expect, it } from '@jest/globals';
import { compactRequest } from './compact-request.js';

const asked = { stream: false, store: false, background: false };
const trigger = { type: 'compaction_trigger' };

describe('compactRequest', () => {
  it.each([
    [
      'items',
      { input: [{ role: 'user', content: 'a' }] },
      { ...asked, input: [{ role: 'user', content: 'a' }, trigger] },
    ],
    ['a text', { input: 'a' }, { ...asked, input: [{ role: 'user', content: 'a' }, trigger] }],
    [
      'what is stored alone',
      { previous_response_id: 'resp_1', input: null },
      { ...asked, previous_response_id: 'resp_1', input: [trigger] },
    ],
    ['a request for a stream', { input: 'a', stream: true, store: true }, expect.objectContaining(asked)],
  ])('asks for a summary of %s', (_what, body, expected) => {
    expect(compactRequest(body)).toEqual(expected);
  });

  it.each([[undefined], [null], ['a'], [[1]]])('leaves a body that is none as it is: %j', (body) => {
    expect(compactRequest(body)).toBe(body);
  });

  it.each([[{ model: 'm' }], [{ model: 'm', input: 7 }]])('leaves a wrong input to be refused: %j', (body) => {
    expect(compactRequest(body)).toEqual({ ...body, ...asked });
  });

  it('changes nothing of what it is given', () => {
    const input = [{ role: 'user', content: 'a' }];
    compactRequest({ input });
    expect(input).toHaveLength(1);
  });
});
