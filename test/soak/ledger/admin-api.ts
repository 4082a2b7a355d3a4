import type { LedgerRow } from './compare.js';
import { KEYS, LIMITED_KEY, MODELS } from './planned-request.js';

const PAGE = 200;
const PATIENCE_MS = 20_000;

/** Sums of the ledger, as `GET /v2/usage/summary` tells them. */
export type Totals = Record<string, number>;

/** The admin API of the gateway under test, as far as it is needed here. */
export class AdminApi {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** The keys of the plan: one of them may use the first model only. */
  async createKeys(): Promise<{ keys: string[]; keyIds: string[] }> {
    const keys: string[] = [];
    const keyIds: string[] = [];
    for (let number = 0; number < KEYS; number++) {
      const allowedModels = number === LIMITED_KEY ? [MODELS[0]] : undefined;
      const body = { name: `ledger ${number}`, scopes: ['inference'], allowedModels };
      const { key, id } = await this.json<{ key: string; id: string }>('/v2/api-keys', body);
      keys.push(key);
      keyIds.push(id);
    }
    return { keys, keyIds };
  }

  /** Every request of the ledger, the newest first. */
  async rows(): Promise<LedgerRow[]> {
    const rows: LedgerRow[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const query = `limit=${PAGE}${cursor === undefined ? '' : `&cursor=${cursor}`}`;
      const page = await this.json<{ data: LedgerRow[]; nextCursor: string | null }>(`/v2/usage/requests?${query}`);
      rows.push(...page.data);
      cursor = page.nextCursor;
    }
    return rows;
  }

  async totals(): Promise<Totals> {
    return (await this.json<{ totals: Totals }>('/v2/usage/summary')).totals;
  }

  /** Lines of the export, without its head. */
  async exported(): Promise<number> {
    const text = await (await this.fetch('/v2/usage/export.csv')).text();
    return text.trimEnd().split('\r\n').length - 1;
  }

  private async json<T>(path: string, body?: object): Promise<T> {
    return (await (await this.fetch(path, body)).json()) as T;
  }

  private async fetch(path: string, body?: object): Promise<Response> {
    const response = await fetch(this.url + path, {
      method: body ? 'POST' : 'GET',
      headers: { 'x-api-key': this.key, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    return response;
  }
}
