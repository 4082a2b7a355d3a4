import type { LatencyAverage } from '../latency-average.js';

/** What a strategy looks at: accounts that can all serve the request, none of them better placed by priority. */
export interface Candidate {
  readonly id: string;
  /** As the operator set it, at least 1: those of weight 0 are asked when nobody else can, and count as 1 among themselves. */
  readonly share: number;
  /** Attempts that run now. */
  readonly inFlight: number;
  /** Turns it had; one that comes later, or comes back, goes on with as many as whoever had fewest meanwhile. */
  readonly served: number;
  /** Number of the turn in which it was chosen last; 0 for never. Turns only grow. */
  readonly lastTurn: number;
  /** Time from sending to the first event. */
  readonly latency: LatencyAverage;
  /** What is left of its quota; undefined: nobody knows. */
  readonly credits?: CreditsLeft;
  /** Where it stands in the smooth weighted round robin, which alone moves it. */
  smooth: number;
}

export interface CreditsLeft {
  /** May be less than 0: over its plan. */
  left: number;
  /** Epoch milliseconds; undefined: nobody knows. */
  resetsAt?: number;
}
