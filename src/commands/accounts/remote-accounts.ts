import { z } from 'zod';
import { type ImportSource, listEntries } from '../../accounts/import/import-entry.js';
import type { ImportResult } from '../../accounts/import/import-run.js';
import { describeFetchError, type RemoteGateway } from '../remote-gateway.js';
import type { Accounts, ListedAccount } from './gateway-accounts.js';
import { listRemoteAccounts } from './list-remote-accounts.js';

const resultSchema = z.object({
  created: z.number(),
  updated: z.number(),
  skipped: z.number(),
  errors: z.array(z.object({ index: z.number(), file: z.string().optional(), message: z.string() })),
});
const lineSchema = z.union([
  z.object({ done: z.number(), total: z.number() }),
  z.object({ error: z.object({ detail: z.string() }) }),
  resultSchema,
]);

/** The accounts of a gateway that runs somewhere, over its admin API. */
export class RemoteAccounts implements Accounts {
  readonly name: string;

  constructor(private readonly gateway: RemoteGateway) {
    this.name = gateway.name;
  }

  async import(
    sources: readonly ImportSource[],
    onProgress: (done: number, total: number) => void,
  ): Promise<ImportResult> {
    // Taken apart here, so that files that can't be read keep their places, and what is wrong with them is known.
    const entries = [...listEntries(sources)];
    const problems = new Map(entries.map(({ index, problem }) => [index, problem]));
    const accounts = entries.map(({ file, value }) => ({ fileName: file, content: value ?? null }));
    const response = await this.gateway.ask('/v2/accounts/import', {
      method: 'POST',
      headers: { accept: 'application/x-ndjson', 'content-type': 'application/json' },
      body: JSON.stringify({ accounts }),
    });
    for await (const line of linesOf(textOf(response))) {
      const said = lineSchema.parse(JSON.parse(line));
      if ('total' in said) onProgress(said.done, said.total);
      else if ('error' in said) throw new Error(`The import broke off: ${said.error.detail}`);
      else
        return {
          ...said,
          errors: said.errors.map((error) => ({ ...error, message: problems.get(error.index) ?? error.message })),
        };
    }
    throw new Error('The import broke off: the gateway did not say how it ended');
  }

  async export(includeSecrets: boolean): Promise<AsyncIterable<string>> {
    return textOf(await this.gateway.ask(`/v2/accounts/export?includeSecrets=${includeSecrets}`));
  }

  list(): Promise<ListedAccount[]> {
    return listRemoteAccounts(this.gateway);
  }

  async close(): Promise<void> {}
}

/** @throws Error when the answer ends before its end */
async function* textOf(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body ?? []) yield decoder.decode(bytes, { stream: true });
  } catch (error) {
    throw Error.isError(error) ? new Error(`The gateway broke off: ${describeFetchError(error)}`) : error;
  }
}

async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
