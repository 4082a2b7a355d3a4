import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { gatewayUrl } from './gateway-url.js';
import { type Surroundings, UsageError } from './surroundings.js';

/** Where a running gateway is, and the key for it; never an argument: those are shown to everybody on the machine. */
export interface RemoteOptions {
  url: string;
  keyFile?: string;
}

/** RFC 9457, as the admin API answers; the model API's two shapes, for its own paths. */
const problemSchema = z.union([
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
]);
const LONGEST_TOLD = 1_000;

/** It answered, and not with what was asked for. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** A gateway that runs somewhere, over HTTP. */
export class RemoteGateway {
  private constructor(
    /** Its URL, without a slash at the end. */
    readonly name: string,
    private readonly key: string | undefined,
  ) {}

  /** @throws UsageError when there is no key, or the address is none */
  static async at(options: RemoteOptions, surroundings: Surroundings): Promise<RemoteGateway> {
    const key = await keyFor(options.keyFile, surroundings);
    if (!key) throw new UsageError('AMQ_GATEWAY_KEY: the key for --url has to stand in the environment, or --key-file');
    return RemoteGateway.withKey(options.url, key, surroundings);
  }

  /** @param key absent: only what is open to everybody is asked. @throws UsageError when the address is none */
  static withKey(url: string, key: string | undefined, { output }: Surroundings): RemoteGateway {
    const name = gatewayUrl(url);
    if (key !== undefined && isPlainAndAfar(name)) {
      output.tell(`${name} is not encrypted: whoever is in between reads keys and tokens`);
    }
    return new RemoteGateway(name, key);
  }

  /**
   * Asks the gateway, with the key; follows no redirect, which would take the key along.
   * @throws RefusedError with the gateway's words; Error when it can't be reached
   */
  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, ...(this.key !== undefined && { authorization: `Bearer ${this.key}` }) };
    const response = await fetch(this.name + path, { ...init, headers, redirect: 'error' }).catch((error: Error) => {
      throw new Error(`${this.name} can't be reached: ${describeFetchError(error)}`);
    });
    if (response.ok) return response;
    const problem = problemSchema.safeParse(await response.json().catch(() => undefined));
    const message = problem.data ?? `${this.name} answered with status ${response.status}`;
    throw new RefusedError(message.slice(0, LONGEST_TOLD), response.status);
  }

  /** The same for JSON both ways. @throws as `ask`, and when the answer is not what it should be */
  async askJson<Answer>(schema: z.ZodType<Answer>, path: string, method = 'GET', body?: unknown): Promise<Answer> {
    const json =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await this.ask(path, { method, ...json });
    const answer = schema.safeParse(await response.json().catch(() => undefined));
    if (answer.success) return answer.data;
    throw new Error(`${this.name} is no gateway that this program knows: ${method} ${path} gave another answer`);
  }
}

/** What `fetch` throws says nothing; its cause does. */
export function describeFetchError(error: Error): string {
  const { cause } = error;
  if (!Error.isError(cause)) return error.message;
  // Several addresses were tried.
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return (Error.isError(first) && first.message) || cause.message || error.message;
}

/** @param file `-`: standard input. @throws UsageError when it can't be read, is empty, or holds more than a key */
export async function keyFor(
  file: string | undefined,
  surroundings: Pick<Surroundings, 'environment' | 'folder' | 'readInput'>,
): Promise<string | undefined> {
  const { environment, folder } = surroundings;
  if (file === undefined) return checkedKey(environment.AMQ_GATEWAY_KEY?.trim() ?? '', 'AMQ_GATEWAY_KEY') || undefined;
  const reading = file === '-' ? surroundings.readInput() : readFile(resolve(folder, file), 'utf8');
  const text = await reading.catch((error: Error) => {
    throw error instanceof UsageError ? error : new UsageError(`--key-file: ${error.message}`);
  });
  if (text.trim() === '') throw new UsageError(`--key-file: ${file} is empty`);
  return checkedKey(text.trim(), '--key-file');
}

/** What no header can carry, `fetch` would show in its error. */
function checkedKey(key: string, source: string): string {
  if (/^[\x21-\x7e]{0,512}$/.test(key)) return key;
  throw new UsageError(`${source}: this is no key alone; spaces, lines or other signs are in it`);
}

function isPlainAndAfar(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
