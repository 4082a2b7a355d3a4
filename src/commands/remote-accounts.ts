import { z } from 'zod';
import { type ImportSource, listEntries } from '../accounts/import/import-entry.js';
import type { ImportResult } from '../accounts/import/import-run.js';
import type { Accounts, ListedAccount } from './gateway-accounts.js';

const resultSchema = z.object({
  created: z.number(),
  updated: z.number(),
  skipped: z.number(),
  errors: z.array(z.object({ index: z.number(), file: z.string().optional(), message: z.string() })),
});
const problemSchema = z.object({ detail: z.string() });
const lineSchema = z.union([
  z.object({ done: z.number(), total: z.number() }),
  z.object({ error: problemSchema }),
  resultSchema,
]);
const pageSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      provider: z.string(),
      enabled: z.boolean(),
      status: z.string(),
      statusReason: z.string().nullish(),
    }),
  ),
  nextCursor: z.string().nullable(),
});

/** The accounts of a gateway that runs somewhere, over its admin API. */
export class RemoteAccounts implements Accounts {
  private constructor(
    readonly name: string,
    private readonly key: string,
  ) {}

  /** @throws when there is no key, or the address is none */
  static at(url: string, environment: Record<string, string | undefined>): RemoteAccounts {
    const key = environment.AMQ_GATEWAY_KEY;
    if (!key) throw new Error('AMQ_GATEWAY_KEY: the key for --url has to stand in the environment');
    if (!URL.canParse(url) || !/^https?:\/\//i.test(url)) throw new Error('--url: a URL such as http://localhost:8080');
    return new RemoteAccounts(url.replace(/\/+$/, ''), key);
  }

  async import(
    sources: readonly ImportSource[],
    onProgress: (done: number, total: number) => void,
  ): Promise<ImportResult> {
    // Taken apart here, so that files that can't be read keep their places, and what is wrong with them is known.
    const entries = [...listEntries(sources)];
    const problems = new Map(entries.map(({ index, problem }) => [index, problem]));
    const accounts = entries.map(({ file, value }) => ({ fileName: file, content: value ?? null }));
    const response = await this.ask('/v2/accounts/import', {
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
    return textOf(await this.ask(`/v2/accounts/export?includeSecrets=${includeSecrets}`));
  }

  async list(): Promise<ListedAccount[]> {
    const listed: ListedAccount[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const after = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const response = await this.ask(`/v2/accounts?limit=200${after}`);
      const page = pageSchema.parse(await response.json());
      listed.push(...page.data);
      cursor = page.nextCursor;
    }
    return listed;
  }

  async close(): Promise<void> {}

  private async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, authorization: `Bearer ${this.key}` };
    const url = this.name + path;
    const response = await fetch(url, { ...init, headers, redirect: 'error' }).catch((error: Error) => {
      throw new Error(
        `${this.name} can't be reached: ${Error.isError(error.cause) ? error.cause.message : error.message}`,
      );
    });
    if (response.ok) return response;
    const problem = problemSchema.safeParse(await response.json().catch(() => undefined));
    throw new Error(problem.data?.detail ?? `${this.name} answered with status ${response.status}`);
  }
}

async function* textOf(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) yield decoder.decode(bytes, { stream: true });
}

async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
