import { describe, expect, it } from '@jest/globals';
import { decodeUsageLimits, isSpent } from './decode-usage-limits.js';

const now = Date.parse('2026-11-20T12:00:00Z');
const reset = Date.parse('2026-12-01T00:00:00Z');
const plan = { resourceType: 'AGENTIC_REQUEST', currentUsage: 900, usageLimit: 1000 };

describe('decodeUsageLimits', () => {
  it.each<[string, unknown, object | undefined]>([
    [
      'a plan',
      { nextDateReset: reset / 1000 + 0.25, usageBreakdownList: [{ resourceType: 'SPEC', usageLimit: 5 }, plan] },
      { used: 900, limit: 1000, resetsAt: reset + 250, hasOverage: false },
    ],
    [
      'its own day of reset before the answer’s',
      { nextDateReset: 1.9e9, usageBreakdownList: [{ ...plan, nextDateReset: reset / 1000 }] },
      { used: 900, limit: 1000, resetsAt: reset, hasOverage: false },
    ],
    [
      'an active trial and active bonuses',
      {
        usageBreakdownList: [
          {
            ...plan,
            freeTrialInfo: { freeTrialStatus: 'ACTIVE', currentUsage: 10, usageLimit: 500 },
            bonuses: [
              { status: 'ACTIVE', currentUsage: 1.5, usageLimit: 100 },
              { status: 'EXPIRED', currentUsage: 7, usageLimit: 700 },
              { status: 'EXHAUSTED', currentUsage: 50, usageLimit: 50 },
            ],
          },
        ],
      },
      { used: 911.5, limit: 1600, hasOverage: false },
    ],
    [
      'no debt of a trial that was used beyond its limit',
      {
        usageBreakdownList: [
          { ...plan, freeTrialInfo: { freeTrialStatus: 'ACTIVE', currentUsage: 700, usageLimit: 500 } },
        ],
      },
      { used: 1400, limit: 1500, hasOverage: false },
    ],
    [
      'no trial that is over',
      { usageBreakdownList: [{ ...plan, freeTrialInfo: { freeTrialStatus: 'EXPIRED', usageLimit: 500 } }] },
      { used: 900, limit: 1000, hasOverage: false },
    ],
    [
      'the precise numbers where there are any',
      { usageBreakdown: { ...plan, currentUsageWithPrecision: 900.7, usageLimitWithPrecision: 1000.5 } },
      { used: 900.7, limit: 1000.5, hasOverage: false },
    ],
    [
      'the credits of Kiro',
      { usageBreakdownList: [{ resourceType: 'CREDIT', currentUsage: 3, usageLimit: 50 }] },
      { used: 3, limit: 50, hasOverage: false },
    ],
    [
      'the older form',
      { limits: [{ type: 'AGENTIC_REQUEST', currentUsage: 4, totalUsageLimit: 50 }], nextDateReset: reset / 1000 },
      { used: 4, limit: 50, resetsAt: reset, hasOverage: false },
    ],
    [
      'that more is billed',
      { usageBreakdownList: [plan], overageConfiguration: { overageStatus: 'ENABLED' } },
      { used: 900, limit: 1000, hasOverage: true },
    ],
    [
      'no reset of another century',
      { usageBreakdownList: [plan], nextDateReset: 9e12 },
      expect.not.objectContaining({ resetsAt: expect.anything() }),
    ],
    [
      'nothing where only other things are counted',
      { usageBreakdownList: [{ resourceType: 'TRANSFORM', usageLimit: 9 }] },
      undefined,
    ],
    ['nothing of nonsense', { usageBreakdownList: 'x', limits: [7, null], usageBreakdown: [] }, undefined],
    ['nothing of a limit that is no number', { usageBreakdownList: [{ ...plan, usageLimit: '1000' }] }, undefined],
    ['nothing of nothing', undefined, undefined],
    ['nothing of a text', 'x', undefined],
  ])('reads %s', (_what, answer, limits) => {
    expect(decodeUsageLimits(answer, now)).toEqual(limits);
  });

  it.each([
    [999, false, false],
    [1000, false, true],
    [1000, true, false],
  ])('%i of 1000, overage %s: spent is %s', (used, hasOverage, spent) => {
    expect(isSpent({ used, limit: 1000, hasOverage })).toBe(spent);
  });
});
