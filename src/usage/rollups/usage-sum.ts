/** What can be asked for apart: by it requests are summed up, each on its own, never by two at once. */
export const DIMENSIONS = ['account', 'apiKey', 'model', 'protocol'] as const;
export type Dimension = (typeof DIMENSIONS)[number];
/** With all requests together. */
export type SumDimension = Dimension | 'all';
export const SUM_DIMENSIONS: readonly SumDimension[] = ['all', ...DIMENSIONS];

/** What is added up, in the order of the columns. */
export const ADDED = [
  'requests',
  'errors',
  'cancelled',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'credits',
  'cost',
] as const;

/** What the requests of one member took in one period. Cost in US dollars. */
export type UsageSum = Record<(typeof ADDED)[number], number> & {
  /** Epoch milliseconds. */
  start: number;
  /** Id of the account or key, the model as upstream names it, or the protocol; empty: none, and of `all`. */
  member: string;
  /** How many requests without error took how long: JSON, step of the latency scale → requests. */
  durations: string;
  /** The same of the times to the first token. */
  firstTokens: string;
};
