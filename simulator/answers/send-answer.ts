import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AcceptedRequest, Answer, BytesAnswer, ErrorAnswer, StreamAnswer } from '../answer.js';
import type { Exchange } from '../exchange.js';
import { encodeScriptedFrame } from './encode-frame.js';
import { cutIntoWrites, encodeStream, type StreamStep } from './encode-stream.js';
import { drained, wait } from './wait.js';

/** Sends what was decided for an accepted request, at the client's pace. */
export async function sendAnswer(exchange: Exchange, accepted: AcceptedRequest, answer: Answer): Promise<void> {
  exchange.record.answer = answer.kind;
  const latency = accepted.account.latencyMs + ('latencyMs' in answer ? (answer.latencyMs ?? 0) : 0);
  if (latency > 0 && !(await wait(exchange.response, latency))) {
    return;
  }
  switch (answer.kind) {
    case 'stream':
      return sendStream(exchange, accepted, answer);
    case 'bytes':
      return sendBytes(exchange, accepted, answer);
    case 'error':
      return sendError(exchange, answer);
    case 'reset':
      return exchange.reset();
    case 'silence':
      return;
  }
}

/** An error body in the service's form (sheet §6.1). */
export function sendError(exchange: Exchange, answer: ErrorAnswer): void {
  const typeInHeader = answer.typeIn === 'header';
  const fields = {
    ...(answer.type !== undefined && !typeInHeader ? { __type: withNamespace(answer.type) } : {}),
    ...(answer.message === undefined ? {} : { [answer.messageKey ?? 'message']: answer.message }),
    ...(answer.reason === undefined ? {} : { reason: answer.reason }),
  };
  const headers: Record<string, string> = {
    'content-type': exchange.binding === 'awsJson1.0' ? 'application/x-amz-json-1.0' : 'application/json',
    'x-amzn-requestid': randomUUID(),
    ...(answer.type !== undefined && typeInHeader ? { 'x-amzn-errortype': answer.type } : {}),
    ...answer.headers,
  };
  exchange.response.writeHead(answer.status, headers);
  exchange.response.end(answer.body ?? JSON.stringify(fields));
}

function withNamespace(type: string): string {
  return type.includes('#') ? type : `com.amazon.aws.codewhisperer#${type}`;
}

async function sendStream(exchange: Exchange, accepted: AcceptedRequest, answer: StreamAnswer): Promise<void> {
  const { steps, signatures } = encodeStream(answer);
  for (const signature of signatures) {
    accepted.account.rememberSignature(signature);
  }
  const first = answer.initialResponse === false ? [] : initialResponse(accepted);
  const writes = cutIntoWrites(first.length > 0 ? [...first, ...steps] : steps, answer.chunking ?? 'per-event');
  begin(exchange, accepted, answer.headers);
  if (writes[0]?.kind !== 'write') {
    // The status is the client's to see even when the first frame takes its time.
    exchange.response.flushHeaders();
  }
  await playSteps(exchange, writes);
}

function initialResponse(accepted: AcceptedRequest): StreamStep[] {
  if (accepted.binding === 'restJson1') {
    return [];
  }
  const payload = { conversationId: accepted.conversationId };
  const bytes = encodeScriptedFrame({ type: 'initial-response', payload });
  return bytes ? [{ kind: 'write', bytes }] : [];
}

async function playSteps(exchange: Exchange, steps: readonly StreamStep[]): Promise<void> {
  const { response } = exchange;
  for (const step of steps) {
    if (response.destroyed) {
      return;
    }
    if (step.kind === 'write') {
      if (!response.write(step.bytes) && !(await drained(response))) {
        return;
      }
    } else if (step.kind === 'pause') {
      if (!(await wait(response, step.milliseconds))) {
        return;
      }
    } else if (step.kind === 'reset') {
      // What was written before must be on its way first: a reset throws away what waits in the socket.
      await nextTurn();
      exchange.reset();
      return;
    } else {
      break;
    }
  }
  response.end();
}

async function sendBytes(exchange: Exchange, accepted: AcceptedRequest, answer: BytesAnswer): Promise<void> {
  const { response } = exchange;
  begin(exchange, accepted, undefined);
  const size = Math.ceil(answer.body.length / Math.max(1, answer.chunks ?? 1));
  let offset = 0;
  for (; offset + size < answer.body.length; offset += size) {
    if (!response.write(answer.body.subarray(offset, offset + size)) && !(await drained(response))) {
      return;
    }
    await nextTurn();
    if (response.destroyed) {
      return;
    }
  }
  response.end(offset === 0 ? answer.body : answer.body.subarray(offset));
}

function begin(exchange: Exchange, accepted: AcceptedRequest, more: Record<string, string> | undefined): void {
  exchange.response.writeHead(200, {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-requestid': randomUUID(),
    'x-amzn-codewhisperer-conversation-id': accepted.conversationId,
    ...more,
  });
}
