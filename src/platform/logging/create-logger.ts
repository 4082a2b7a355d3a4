import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Settings } from '../config/settings.js';
import { requestContext } from './request-context.js';

/** Bytes gathered before a write; what is left goes out every second and at the end of the process. */
const BUFFER_BYTES = 4096;
const FLUSH_EVERY_MS = 1_000;

/** The process' logger: JSON lines (or readable text) on standard output, with the id of the request being served. */
export function createLogger(settings: Pick<Settings, 'LOG_LEVEL' | 'LOG_FORMAT'>): Logger {
  const format = settings.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json');
  const destination =
    format === 'pretty'
      ? pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname', sync: true })
      : pino.destination({ dest: 1, minLength: BUFFER_BYTES, periodicFlush: FLUSH_EVERY_MS, sync: true });
  return pino(
    {
      level: settings.LOG_LEVEL,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const context = requestContext.getStore();
        return context ? { requestId: context.requestId } : {};
      },
    },
    destination,
  );
}
