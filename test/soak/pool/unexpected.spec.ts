import { describe, expect, it } from '@jest/globals';
import type { Visit } from './crowd.js';
import type { Allowed, Fault } from './faults.js';
import { unexpectedWithAll, unexpectedWithOne } from './unexpected.js';

const visit = (change: Partial<Visit>): Visit => ({
  ...{ end: 'done', isStream: true, status: 200, firstMs: 1, wholeMs: 2, attempts: 1, startedAt: 0 },
  ...change,
});
const fault = (allowed: Allowed, statuses?: number[]): Fault => ({ name: 'x', allowed, ...(statuses && { statuses }) });

const CUT = visit({ end: 'cut' });
const CUT_JSON = visit({ end: 'refused', isStream: false, status: 502 });
const REFUSED = visit({ end: 'refused', status: 503 });
const WRONG = visit({ end: 'refused', status: 400 });
const INTERNAL = visit({ end: 'refused', status: 500 });
const BROKEN = visit({ end: 'broken' });

describe('one account of three fails', () => {
  it.each<[string, Fault, Visit, boolean]>([
    ['an answer is fine', fault('nothing'), visit({}), true],
    ['a refusal is not', fault('nothing'), REFUSED, false],
    ['nor a cut', fault('nothing'), CUT, false],
    ['a stream may be cut where it fails midway', fault('cuts'), CUT, true],
    ['JSON is refused instead', fault('cuts'), CUT_JSON, true],
    ['a stream is not', fault('cuts'), REFUSED, false],
    ['what it says of the request reaches the client', fault('refusals', [400]), WRONG, true],
    ['with another status it does not', fault('refusals', [400]), REFUSED, false],
    ['nonsense is never fine', fault('cuts'), BROKEN, false],
  ])('%s', (_, how, one, isExpected) => {
    expect(unexpectedWithOne(how, [visit({}), one]).length === 0).toBe(isExpected);
  });
});

describe('all of them fail', () => {
  it.each<[string, Fault, Visit, boolean]>([
    ['a clean refusal is fine', fault('nothing'), REFUSED, true],
    ['a fault of ours is not', fault('nothing'), INTERNAL, false],
    ['nor a status that the fault does not have', fault('nothing'), WRONG, false],
    ['nor a cut where nothing had begun', fault('nothing'), CUT, false],
    ['nonsense is never fine', fault('nothing'), BROKEN, false],
  ])('%s', (_, how, one, isExpected) => {
    expect(unexpectedWithAll(how, [one]).length === 0).toBe(isExpected);
  });
});

it('says how many, and shows a few', () => {
  const [first, ...examples] = unexpectedWithOne(fault('nothing'), [visit({}), ...Array<Visit>(9).fill(BROKEN)]);
  expect(first).toBe('9 of 10 requests, such as:');
  expect(examples).toHaveLength(3);
});
