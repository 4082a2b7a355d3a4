import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import pretty from 'pino-pretty';
import type { Settings } from '../config/settings.js';
import { describeError } from './describe-error.js';
import { hideApiKeys } from './hide-api-keys.js';
import { requestContext } from './request-context.js';

/** Bytes gathered before a write; what is left goes out every second and at the end of the process. */
const BUFFER_BYTES = 4096;
const FLUSH_EVERY_MS = 1_000;

/** The process' logger: JSON lines (or readable text) on standard output, with the id of the request being served. */
export function createLogger(settings: Pick<Settings, 'LOG_LEVEL' | 'LOG_FORMAT'>): Logger {
  const format = settings.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json');
  return pino(loggerOptions(settings.LOG_LEVEL), format === 'pretty' ? prettyDestination() : jsonDestination());
}

function prettyDestination(): DestinationStream {
  return pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname', sync: true });
}

function jsonDestination(): DestinationStream {
  const destination = pino.destination({ dest: 1, minLength: BUFFER_BYTES, periodicFlush: FLUSH_EVERY_MS, sync: true });
  // pino itself flushes at exit only what it writes asynchronously.
  process.once('exit', () => destination.flushSync());
  return destination;
}

/** How every line looks, wherever it goes. */
export function loggerOptions(level: Settings['LOG_LEVEL']): LoggerOptions {
  return {
    level,
    base: undefined,
    timestamp: isoTime(),
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error: unknown) => describeError(error) },
    hooks: { streamWrite: hideApiKeys },
    mixin: () => {
      const context = requestContext.getStore();
      return context ? { requestId: context.requestId } : {};
    },
  };
}

/** ISO 8601, with the part that changes once a second made once a second. */
function isoTime(): () => string {
  let second = Number.NaN;
  let prefix = '';
  return () => {
    const now = Date.now();
    const current = Math.floor(now / 1000);
    if (current !== second) {
      second = current;
      prefix = new Date(current * 1000).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS.'.length);
    }
    return `,"time":"${prefix}${String(now % 1000).padStart(3, '0')}Z"`;
  };
}
