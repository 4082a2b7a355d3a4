import { expect, it } from '@jest/globals';
import { newRequestId } from './request-id.js';

it('gives ids in the order of time, and none twice', () => {
  const times = [0, 1, Date.UTC(2001, 0, 1), Date.UTC(2026, 10, 20), Date.UTC(2026, 10, 20) + 1, Date.UTC(2100, 0, 1)];
  const ids = times.map(newRequestId);
  expect(ids).toEqual(ids.toSorted());
  for (const id of [...ids, newRequestId(-5), newRequestId(1.5)]) expect(id).toMatch(/^req_[0-9a-f]{32}$/);
  expect(new Set(Array.from({ length: 10_000 }, () => newRequestId(7)))).toHaveProperty('size', 10_000);
});
