import type { SimulatedAccount } from './account.js';

const dayMilliseconds = 24 * 3600 * 1000;

/** The answer of GetUsageLimits (sheet §8.2): one plan of agentic requests, no trial, no bonus, no overage. */
export function listUsageLimits(account: SimulatedAccount, now: number): object {
  const { used, limit, nextDateReset } = account.quota;
  const daysUntilReset = Math.max(0, Math.ceil((nextDateReset * 1000 - now) / dayMilliseconds));
  return {
    limits: [
      {
        type: 'AGENTIC_REQUEST',
        currentUsage: used,
        totalUsageLimit: limit,
        percentUsed: limit > 0 ? (used / limit) * 100 : 100,
      },
    ],
    daysUntilReset,
    nextDateReset,
    usageBreakdownList: [
      {
        resourceType: 'AGENTIC_REQUEST',
        displayName: 'Agentic request',
        displayNamePlural: 'Agentic requests',
        currentUsage: used,
        currentUsageWithPrecision: used,
        usageLimit: limit,
        usageLimitWithPrecision: limit,
        currentOverages: 0,
        overageCap: 0,
        overageRate: 0.04,
        overageCharges: 0,
        currency: 'USD',
        unit: 'INVOCATIONS',
        nextDateReset,
        bonuses: [],
      },
    ],
    subscriptionInfo: {
      type: 'Q_DEVELOPER_STANDALONE_PRO',
      subscriptionTitle: 'Amazon Q Developer Pro',
      upgradeCapability: 'UPGRADE_INCAPABLE',
      overageCapability: 'OVERAGE_INCAPABLE',
      subscriptionManagementTarget: 'MANAGE',
    },
    overageConfiguration: { overageStatus: 'DISABLED' },
    userInfo: { userId: `d-0000000000.${account.id}`, email: account.email },
  };
}
