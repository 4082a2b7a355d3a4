import { type Dispatcher, request } from 'undici';

export interface ServiceAnswer {
  tookMs: number;
  /** How much this machine's clock is ahead of the service's; undefined when that told no time. */
  skewMs?: number;
}

export interface ServiceProblem {
  problem: string;
  advice: string;
}

const TIMEOUT_MS = 15_000;

/** Whatever a service answers to a plain question: that it does is what counts. Never rejects. */
export async function askService(url: string, dispatcher: Dispatcher): Promise<ServiceAnswer | ServiceProblem> {
  const startedAt = performance.now();
  try {
    const { headers, body } = await request(url, { dispatcher, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const tookMs = performance.now() - startedAt;
    await body.dump();
    return { tookMs, skewMs: skewOf(headers.date, Date.now() - tookMs / 2) };
  } catch (error) {
    return explainFailure(error);
  }
}

/** @param now in the middle of the question; the header has whole seconds, cut off */
export function skewOf(date: string | string[] | undefined, now: number): number | undefined {
  const told = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(told) ? undefined : now - (told + 500);
}

interface Explanation {
  codes: RegExp;
  advice: string;
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    codes: /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/,
    advice: 'The name is not known: DNS, or a wrong address in the settings',
  },
  { codes: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/, advice: 'Nothing listens there, or a firewall refuses it' },
  { codes: /TIMEOUT|ETIMEDOUT|ABORT/, advice: 'No answer: a firewall that lets nothing out, perhaps' },
  {
    codes: /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
    advice:
      'A proxy that reads along signs the certificate: put its own into a file and name that in NODE_EXTRA_CA_CERTS',
  },
  { codes: /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, advice: "The certificate is of another time: this machine's clock?" },
  { codes: /ALTNAME/, advice: 'The certificate is of another host: something in between answers in its place' },
  {
    codes: /EPROTO|WRONG_VERSION|ERR_SSL/,
    advice: 'It speaks no TLS: http:// instead of https://, or something in between',
  },
];

/** What undici and TLS throw, in words. */
export function explainFailure(thrown: unknown): ServiceProblem {
  const error = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const { code = '', name = '', message = '' } = error as { code?: string | number; name?: string; message?: string };
  // A time-out of the platform has a number for a code.
  const told = typeof code === 'string' && code !== '' ? code : name;
  const advice = EXPLANATIONS.find(({ codes }) => codes.test(told.toUpperCase()))?.advice;
  return {
    problem: message || told || 'no answer',
    advice: advice ?? 'Look what is between this machine and the service',
  };
}
