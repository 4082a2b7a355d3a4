import { get, type IncomingMessage } from 'node:http';

/** What is asked: whether requests may come, or only whether the process answers. */
export type Probe = 'ready' | 'live';

/** What a gateway says of itself. */
export interface Health {
  url: string;
  ok: boolean;
  /** HTTP status; absent when there was no answer. */
  status?: number;
  /** In a few words, such as `ready`, `shutting down` or `connect ECONNREFUSED 127.0.0.1:8080`. */
  says: string;
}

/** Answers of probes are shorter by far. */
const LONGEST_ANSWER = 4096;

/**
 * Asks a gateway how it is. By the plain HTTP client: this runs every few seconds in a container, and `fetch` takes
 * three times as long to load. Never rejects.
 * @param base such as `http://127.0.0.1:8080`
 */
export async function askHealth(base: string, probe: Probe, timeoutMs: number): Promise<Health> {
  const url = `${base.replace(/\/+$/, '')}/health/${probe}`;
  try {
    const { status, text } = await answerOf(url, timeoutMs);
    return { url, ok: status === 200, status, says: wordsOf(text) ?? `status ${status}` };
  } catch (error) {
    return { url, ok: false, says: messageOf(error) };
  }
}

async function answerOf(url: string, timeoutMs: number): Promise<{ status: number; text: string }> {
  const begin = url.startsWith('https:') ? (await import('node:https')).get : get;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      begin(url, { agent: false, signal }, resolve).once('error', reject);
    });
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      if (text.length > LONGEST_ANSWER) break;
    }
    return { status: response.statusCode ?? 0, text };
  } catch (error) {
    if (signal.aborted) throw new Error(`no answer within ${timeoutMs / 1000} s`);
    throw error;
  }
}

/** `{"status":"not ready","reason":"shutting down"}` in words; undefined where it is somebody else's answer. */
function wordsOf(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null) return undefined;
    const { status, reason } = answer as Record<string, unknown>;
    if (typeof status !== 'string') return undefined;
    return typeof reason === 'string' ? `${status}: ${reason}` : status;
  } catch {
    return undefined;
  }
}

/** Where a name leads to several addresses, each has an error of its own and their sum no words. */
function messageOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || 'no answer';
}
