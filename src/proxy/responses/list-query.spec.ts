import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../test/support/refusal-of.js';
import { decodeListQuery } from './list-query.js';
import { pageOfIds } from './page-of-ids.js';

describe('the query of a list', () => {
  it.each([
    [{}, { limit: 20, order: 'desc', after: undefined }],
    [
      { limit: '', order: '', after: '' },
      { limit: 20, order: 'desc', after: undefined },
    ],
    [
      { limit: '1', order: 'asc', after: 'msg_1' },
      { limit: 1, order: 'asc', after: 'msg_1' },
    ],
    [
      { limit: '100', include: 'anything' },
      { limit: 100, order: 'desc', after: undefined },
    ],
  ])('%j', (query, decoded) => {
    expect(decodeListQuery(query)).toEqual(decoded);
  });

  it.each([
    ['limit', '0', 'invalid_value'],
    ['limit', '101', 'invalid_value'],
    ['limit', '-1', 'invalid_value'],
    ['limit', 'ten', 'invalid_type'],
    ['limit', '1.5', 'invalid_type'],
    ['limit', ['1', '2'], 'invalid_type'],
    ['order', 'up', 'invalid_value'],
    ['order', ['asc', 'desc'], 'invalid_value'],
    ['after', ['a', 'b'], 'invalid_type'],
  ])('refuses %s=%j', (name, value, code) => {
    const error = refusalOf(() => decodeListQuery({ [name]: value }));
    expect(error).toMatchObject({ kind: 'invalid_request', path: name, code });
  });
});

describe('a page of a list', () => {
  const ids = ['a', 'b', 'c', 'd'];

  it.each([
    [{ limit: 2, order: 'asc', after: undefined }, ['a', 'b'], true],
    [{ limit: 2, order: 'desc', after: undefined }, ['d', 'c'], true],
    [{ limit: 2, order: 'asc', after: 'b' }, ['c', 'd'], false],
    [{ limit: 3, order: 'desc', after: 'd' }, ['c', 'b', 'a'], false],
    [{ limit: 4, order: 'asc', after: undefined }, ids, false],
    [{ limit: 3, order: 'asc', after: undefined }, ['a', 'b', 'c'], true],
    [{ limit: 9, order: 'asc', after: 'd' }, [], false],
  ] as const)('%j', (query, page, hasMore) => {
    expect(pageOfIds(ids, query)).toEqual({ ids: page, hasMore });
  });

  it('does not begin after what is not in the list', () => {
    const error = refusalOf(() => pageOfIds(ids, { limit: 2, order: 'asc', after: 'x' }));
    expect(error).toMatchObject({ kind: 'invalid_request', path: 'after', code: 'invalid_value' });
  });
});
