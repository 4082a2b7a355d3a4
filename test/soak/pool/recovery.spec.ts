import { expect, it } from '@jest/globals';
import type { Visit } from './crowd.js';
import { recoveryOf } from './recovery.js';

const HEALED_AT = 10_000;

/** @param startedAt seconds after the fault's end */
const visit = (startedAt: number, end: Visit['end'] = 'done', wholeMs = 100): Visit => ({
  ...{ end, wholeMs, isStream: true, status: 200, firstMs: 1, attempts: 1 },
  startedAt: HEALED_AT + startedAt * 1000,
});

it('has come back when every request was answered for three seconds', () => {
  const visits = [visit(-0.5, 'refused'), visit(0.2, 'refused'), visit(0.4), visit(1.2, 'refused'), visit(2)];
  expect(recoveryOf([...visits, visit(4)], HEALED_AT)).toEqual({ firstAnswerSeconds: 0.5 });
  expect(recoveryOf([...visits, visit(4.2)], HEALED_AT)).toEqual({ firstAnswerSeconds: 0.5, recoveredSeconds: 1.2 });
});

it('has not come back with the last request refused', () => {
  expect(recoveryOf([visit(0), visit(9, 'refused')], HEALED_AT).recoveredSeconds).toBeUndefined();
});

it('counts an answer that waited since before', () => {
  expect(recoveryOf([visit(-2, 'done', 2_500)], HEALED_AT)).toEqual({ firstAnswerSeconds: 0.5 });
  expect(recoveryOf([visit(-5, 'done', 5_200)], HEALED_AT)).toEqual({ firstAnswerSeconds: 0.2 });
});

it('never begins before the fault has ended', () => {
  expect(recoveryOf([visit(-3, 'refused', 100), visit(3.5)], HEALED_AT).recoveredSeconds).toBe(0);
});
