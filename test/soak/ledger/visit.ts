import { request as httpRequest } from 'node:http';
import type { PlannedRequest, Protocol } from './planned-request.js';

/** What its client saw of a request. */
export interface Visit {
  number: number;
  /** Undefined where the client left before a head came. */
  requestId: string | undefined;
  status: number | undefined;
  accountId: string | undefined;
  attempts: number;
  /** `Date.now()` when the answer was over, or its client left. */
  endedAt: number;
  /** The connection broke: the gateway is gone. */
  isBroken: boolean;
}

const PATHS: Readonly<Record<Protocol, string>> = {
  anthropic: '/v1/messages',
  openai_chat: '/v1/chat/completions',
  openai_responses: '/v1/responses',
};
/** A client that leaves before it sees anything waits so long after the service was asked. */
const UNSEEN_MS = 50;

/**
 * Sends one request and reads its answer as planned. Never rejects.
 * @param asked resolves when the service was asked
 */
export function visit(url: string, key: string, plan: PlannedRequest, asked: Promise<void>): Promise<Visit> {
  const seen: Visit = {
    number: plan.number,
    requestId: undefined,
    status: undefined,
    accountId: undefined,
    attempts: 0,
    endedAt: 0,
    isBroken: false,
  };
  return new Promise((resolve) => {
    const end = () => resolve({ ...seen, endedAt: Date.now() });
    const request = httpRequest(url + PATHS[plan.protocol], {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'user-agent': 'curl/8.5.0' },
    });
    const leave = () => {
      request.destroy();
      end();
    };
    request.on('error', () => {
      seen.isBroken = true;
      end();
    });
    request.on('response', (response) => {
      const { headers } = response;
      seen.requestId = String(headers['request-id'] ?? headers['x-request-id']);
      seen.status = response.statusCode;
      seen.accountId = headers['x-amq-account'] as string | undefined;
      seen.attempts = Number(headers['x-amq-attempts'] ?? 0);
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (plan.fate === 'left midway' && text.includes('A second')) leave();
      });
      response.on('close', () => {
        seen.isBroken = !response.complete && plan.fate !== 'left midway';
        end();
      });
    });
    request.end(bodyOf(plan));
    // Of an answer that is no stream nothing is seen before it is whole.
    const leavesUnseen = plan.fate === 'left early' || (plan.fate === 'left midway' && !plan.isStream);
    if (leavesUnseen) void asked.then(() => setTimeout(leave, UNSEEN_MS));
  });
}

function bodyOf({ number, fate, protocol, isStream, model }: PlannedRequest): string {
  if (fate === 'malformed') return JSON.stringify({ model, stream: 'perhaps', messages: 7, input: 7 });
  const words = `This is question ${number}.`;
  const messages = [{ role: 'user', content: words }];
  if (protocol === 'openai_responses') return JSON.stringify({ model, stream: isStream, input: words, store: false });
  return JSON.stringify({ model, stream: isStream, messages, ...(protocol === 'anthropic' && { max_tokens: 1000 }) });
}
