import type { Finding } from './kill-once.js';
import type { SoakResult } from './soak.js';

const MEANINGS: Record<Finding, string> = {
  'not-asked': 'killed before the token endpoint was asked',
  asked: 'killed while it was asked, the refresh token not used up',
  lost: 'killed after it used the refresh token up, the answer lost',
  stored: 'killed after the new refresh token was stored',
};

/** The result for people. */
export function formatResult({ runs, seed, findings, outcomes, problems }: SoakResult): string {
  const lines = Object.entries(MEANINGS).map(
    ([finding, meaning]) => `${String(findings[finding as Finding]).padStart(6)}  ${meaning}`,
  );
  return `${runs} kills, seed ${seed}:
${lines.join('\n')}
After the next start the account worked ${outcomes.works} times and said needs_login ${outcomes.needs_login} times.
${problems.length === 0 ? 'Nothing else happened.' : `Wrong:\n${problems.join('\n')}`}
`;
}
