/** How long each part of a run takes, in milliseconds, and how often it is done. */
export interface BenchTimes {
  warmUp: number;
  /** After the target changed, before counting begins again. */
  settle: number;
  throughputWindow: number;
  latencyWindow: number;
  /** Gateway, pass-through, direct: in turn, this often: many short rounds, as machines drift within seconds. Odd, so that the median is a round that was measured. */
  rounds: number;
  profileWindow: number;
}

export const thorough: BenchTimes = {
  warmUp: 5_000,
  settle: 300,
  throughputWindow: 1_500,
  latencyWindow: 700,
  rounds: 9,
  profileWindow: 10_000,
};

export const quick: BenchTimes = {
  warmUp: 2_000,
  settle: 200,
  throughputWindow: 1_000,
  latencyWindow: 500,
  rounds: 3,
  profileWindow: 4_000,
};
