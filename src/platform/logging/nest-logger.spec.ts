import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { loggerOptions } from './create-logger.js';
import { NestLogger } from './nest-logger.js';
import { requestContext } from './request-context.js';

function logged(work: (logger: NestLogger) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const logger = pino(loggerOptions('trace'), { write: (line) => lines.push(JSON.parse(line)) });
  work(new NestLogger(logger));
  return lines;
}

describe('NestLogger', () => {
  it("writes Nest's calls as lines with their level and context", () => {
    const lines = logged((logger) => {
      logger.warn('careful', 'Pool');
      logger.error('broke', 'stack', 'Pool');
      logger.log({ msg: 'with fields', account: 'a' }, 'Pool');
    });
    expect(lines).toMatchObject([
      { level: 'warn', msg: 'careful', context: 'Pool' },
      { level: 'error', msg: 'broke', stack: 'stack', context: 'Pool' },
      { level: 'info', msg: 'with fields', account: 'a', context: 'Pool' },
    ]);
  });

  it('keeps the inventory of the start for debugging', () => {
    expect(logged((logger) => logger.log('Mapped {/health, GET} route', 'RouterExplorer'))).toMatchObject([
      { level: 'debug' },
    ]);
  });

  it('names the request being served', () => {
    const lines = logged((logger) =>
      requestContext.run({ requestId: 'req_1', startedAt: 0, facts: {} }, () => logger.log('x', 'Pool')),
    );
    expect(lines).toMatchObject([{ requestId: 'req_1' }]);
  });

  it("leaves out an error's own fields, which may carry what was asked or sent", () => {
    const error = Object.assign(new Error('query failed'), { parameters: ['secret'], code: 'SQLITE_BUSY' });
    const [line] = logged((logger) => logger.error(error, 'Pool'));
    expect(line).toMatchObject({ msg: 'query failed', err: { message: 'query failed', code: 'SQLITE_BUSY' } });
    expect(JSON.stringify(line)).not.toContain('secret');
  });
});
