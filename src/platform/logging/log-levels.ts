/** From the most severe on; `silent`: nothing is logged. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Whether lines for debugging are written. */
export function isForDebugging(level: LogLevel): boolean {
  return level === 'debug' || level === 'trace';
}
