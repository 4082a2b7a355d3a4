import type { Chance } from '../../property/fuzz/chance.js';

/** What becomes of a request, decided before it is sent. */
export const FATES = [
  'answered',
  'failed over', // the first account that is asked fails
  'failed', // every account does
  'cut', // its answer breaks off in the middle
  'left early', // its client leaves before there is an answer
  'left midway', // its client leaves in the middle of the answer
  'malformed',
  'forbidden', // its key may not use the model
] as const;
export type Fate = (typeof FATES)[number];

/** Of a hundred. */
const SHARES: Readonly<Record<Exclude<Fate, 'answered'>, number>> = {
  'failed over': 8,
  failed: 3,
  cut: 5,
  'left early': 4,
  'left midway': 6,
  malformed: 3,
  forbidden: 3,
};

export const PROTOCOLS = ['anthropic', 'openai_chat', 'openai_responses'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What upstream reports of an answer that comes to its end. */
export interface Served {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  credits: number;
}

export interface PlannedRequest {
  number: number;
  fate: Fate;
  protocol: Protocol;
  isStream: boolean;
  /** Which of the keys asks. */
  key: number;
  model: string;
  served: Served;
}

export const KEYS = 3;
/** The key that may use the first model only. */
export const LIMITED_KEY = 0;
export const MODELS = ['claude-haiku-4.5', 'claude-sonnet-4.5'] as const;

/** @param chance of this request alone: the same seed makes the same requests, whatever order they end in */
export function planRequest(number: number, chance: Chance): PlannedRequest {
  const fate = fateOf(chance.below(100));
  const key = fate === 'forbidden' ? LIMITED_KEY : chance.below(KEYS);
  const model = fate === 'forbidden' ? MODELS[1] : key === LIMITED_KEY ? MODELS[0] : chance.of(MODELS);
  return {
    number,
    fate,
    protocol: chance.of(PROTOCOLS),
    isStream: chance.below(3) > 0,
    key,
    model,
    served: {
      inputTokens: 1 + chance.below(100_000),
      outputTokens: 1 + chance.below(5_000),
      cacheReadTokens: chance.below(2) * chance.below(50_000),
      cacheWriteTokens: chance.below(2) * chance.below(5_000),
      // A power of two has no rounding of its own: sums are the same in every order.
      credits: (1 + chance.below(64)) / 64,
    },
  };
}

function fateOf(percent: number): Fate {
  let left = percent;
  for (const fate of FATES) {
    if (fate === 'answered') continue;
    left -= SHARES[fate];
    if (left < 0) return fate;
  }
  return 'answered';
}
