import type { FoundProfile } from './device-sign-in.js';

export type ProfileDecision =
  | { kind: 'taken'; arn: string }
  /** An admin has to choose. */
  | { kind: 'choice'; reason?: string }
  | { kind: 'none' };

/**
 * Which profile an account of IAM Identity Center is to use (amazon-q.md §8.3).
 * @param wanted what the admin asked for
 * @param current what the account used before
 */
export function decideProfile(
  found: readonly FoundProfile[],
  { wanted, current }: { wanted?: string; current?: string },
): ProfileDecision {
  const has = (arn: string | undefined): arn is string => found.some((profile) => profile.arn === arn);
  const [first] = found;
  if (!first) return { kind: 'none' };
  if (has(wanted)) return { kind: 'taken', arn: wanted };
  if (wanted !== undefined) return { kind: 'choice', reason: `The account may not use ${wanted}` };
  if (has(current)) return { kind: 'taken', arn: current };
  return found.length === 1 ? { kind: 'taken', arn: first.arn } : { kind: 'choice' };
}
