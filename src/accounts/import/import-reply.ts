import type { ServerResponse } from 'node:http';
import { toGatewayError } from '../../core/errors.js';
import { encodeProblem } from '../../core/protocols/problem/encode-error.js';
import { currentRequestId, noteFacts } from '../../platform/logging/request-context.js';
import type { ImportResult } from './import-run.js';

export const NDJSON = 'application/x-ndjson';

type Run = (onProgress: (done: number, total: number) => void) => Promise<ImportResult>;

/**
 * Answers with lines while the import runs: `{"done":…,"total":…}` after each batch, the result at the end, or
 * `{"error":problem}` when it broke off.
 * @throws what went wrong before the first line: the status can tell it then
 */
export async function replyInLines(response: ServerResponse, run: Run): Promise<void> {
  const write = (line: unknown) => {
    if (!response.headersSent) {
      response.writeHead(200, { 'content-type': NDJSON, 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    }
    response.write(`${JSON.stringify(line)}\n`);
  };
  try {
    write(await run((done, total) => write({ done, total })));
  } catch (thrown) {
    if (!response.headersSent) throw thrown;
    const error = toGatewayError(thrown);
    noteFacts({ streamError: error.kind });
    write({ error: encodeProblem(error, currentRequestId() ?? '').body });
  }
  response.end();
}
