import type { Question } from './question.js';
import { textIn } from './text-in.js';

/**
 * How a request ended for its client: with the whole answer; with a stream that says it broke off; with an error
 * instead of an answer; or in a way that no client can make sense of.
 */
export const ENDS = ['done', 'cut', 'refused', 'broken'] as const;
export type End = (typeof ENDS)[number];

export interface Asked {
  end: End;
  isStream: boolean;
  /** Undefined: there was no answer. */
  status?: number;
  /** Milliseconds to the head of the answer, which waits for upstream's first event. */
  firstMs: number;
  wholeMs: number;
  /** Accounts tried. */
  attempts: number;
  /** What was wrong or, of a refusal, what it said. */
  said?: string;
}

/** No answer may take longer, whatever upstream does. */
const PATIENCE_MS = 40_000;
const LONGEST_SAID = 300;

/** Asks once, and judges the answer. Never rejects. */
export async function ask(url: string, key: string, question: Question): Promise<Asked> {
  const startedAt = performance.now();
  const asked: Asked = { end: 'broken', isStream: question.isStream, firstMs: 0, wholeMs: 0, attempts: 0 };
  let body = '';
  try {
    const response = await fetch(url + question.path, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json', ...question.headers },
      body: question.body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    asked.firstMs = performance.now() - startedAt;
    asked.status = response.status;
    asked.attempts = Number(response.headers.get('x-amq-attempts') ?? 0);
    body = await response.text();
    asked.wholeMs = performance.now() - startedAt;
    const { status, headers } = response;
    const end = await question.client.endOf(new Response(body, { status, headers }), question.body);
    if (status !== 200) return { ...asked, end: 'refused', said: body.slice(0, LONGEST_SAID) };
    return { ...asked, ...judge(body, end === 'stream with an error', question) };
  } catch (error) {
    asked.wholeMs = performance.now() - startedAt;
    return { ...asked, said: `${String(error)} ${body}`.slice(0, LONGEST_SAID) };
  }
}

/** Of an answer in the right form: whether it is the right one, and all of it, or what came before the error. */
function judge(body: string, isCut: boolean, { isStream, expected }: Question): Pick<Asked, 'end' | 'said'> {
  const text = textIn(body, isStream);
  if (isCut) return expected.startsWith(text) ? { end: 'cut' } : { end: 'broken', said: `cut after '${text}'` };
  return text === expected ? { end: 'done' } : { end: 'broken', said: `answered '${text}', not '${expected}'` };
}
