/** How much of an account's plan is used (amazon-q.md §8.2): the plan itself, an active trial and active bonuses. */
export interface UsageLimits {
  used: number;
  limit: number;
  /** When the plan's window ends, epoch milliseconds. */
  resetsAt?: number;
  /** More than the limit is served, and billed to the account's owner. */
  hasOverage: boolean;
}

/** What agents use, by plan: Amazon Q counts requests, Kiro credits. Whatever else is listed is for other things. */
const COUNTED = ['AGENTIC_REQUEST', 'CREDIT', 'VIBE'];
/** A window is a month: what lies further ahead is no reset. */
const FURTHEST_RESET_MS = 366 * 24 * 3600 * 1000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the answer of GetUsageLimits, whichever of its forms it has; what can't be read is left out.
 * @param now epoch milliseconds
 * @returns undefined when it names no limit
 */
export function decodeUsageLimits(answer: unknown, now: number): UsageLimits | undefined {
  const fields = objectOf(answer);
  const breakdown = counted([...listOf(fields.usageBreakdownList), objectOf(fields.usageBreakdown)], 'resourceType');
  const total = breakdown ? totalOf(breakdown) : totalOfLimits(fields);
  if (!total) return undefined;
  const resetsAt = instantOf(breakdown?.nextDateReset, now) ?? instantOf(fields.nextDateReset, now);
  const { overageStatus } = objectOf(fields.overageConfiguration);
  return { ...total, ...(resetsAt && { resetsAt }), hasOverage: overageStatus === 'ENABLED' };
}

/** Nothing left that would be served. */
export function isSpent({ used, limit, hasOverage }: UsageLimits): boolean {
  return used >= limit && !hasOverage;
}

function totalOf(breakdown: Fields) {
  const plan = shareOf(breakdown);
  if (!plan) return undefined;
  const { freeTrialInfo, bonuses } = breakdown;
  const trial = objectOf(freeTrialInfo);
  const extras = [
    ...(trial.freeTrialStatus === 'ACTIVE' ? [trial] : []),
    ...listOf(bonuses).filter(({ status }) => status === 'ACTIVE'),
  ];
  let { used, limit } = plan;
  for (const extra of extras) {
    const share = shareOf(extra);
    if (!share) continue;
    // Over its own limit it leaves nothing, and takes nothing from the plan.
    used += Math.min(share.used, share.limit);
    limit += share.limit;
  }
  return { used, limit };
}

function shareOf(fields: Fields) {
  const used = amountOf(fields.currentUsageWithPrecision) ?? amountOf(fields.currentUsage);
  const limit = amountOf(fields.usageLimitWithPrecision) ?? amountOf(fields.usageLimit);
  return limit === undefined ? undefined : { used: used ?? 0, limit };
}

/** The older form. */
function totalOfLimits(fields: Fields) {
  const entry = counted(listOf(fields.limits), 'type');
  const limit = amountOf(entry?.totalUsageLimit);
  return limit === undefined ? undefined : { used: amountOf(entry?.currentUsage) ?? 0, limit };
}

function counted(entries: readonly Fields[], key: string): Fields | undefined {
  for (const type of COUNTED) {
    const entry = entries.find((each) => each[key] === type);
    if (entry) return entry;
  }
  return undefined;
}

/** Seconds since the epoch, with fractions; some clients' fixtures hold milliseconds. */
function instantOf(value: unknown, now: number): number | undefined {
  const seconds = amountOf(value);
  if (seconds === undefined) return undefined;
  const at = Math.round(seconds > 1e11 ? seconds : seconds * 1000);
  return at > 0 && at < now + FURTHEST_RESET_MS ? at : undefined;
}

function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function objectOf(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}
