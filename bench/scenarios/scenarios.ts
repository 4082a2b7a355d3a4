import { stream } from '../../simulator/script.js';
import type { AnswerCheck } from '../load/answer-check.js';
import { checkChatStream } from '../load/check-chat.js';
import { checkMessage, checkMessagesStream } from '../load/check-messages.js';
import { checkResponsesStream } from '../load/check-responses.js';
import { answerEvents, answerTexts } from './answer-texts.js';
import { codingRequest } from './coding-request.js';
import { encodeAnswer } from './encode-answer.js';
import type { Scenario } from './scenario.js';

// At a model's own pace each event comes alone (`drip-200`); behind TLS and under load a read brings several.
const eventsPerWrite = 10;
const heldEvents = 20;
const heldPause = 300;
const questionTokens = 26;
const codingTokens = 15_000;
const model = 'claude-sonnet-4-5-20250929';
const question = 'Why does the second test of the reader fail? Answer in a few sentences.';

/** A request of a client, and how its answer is held against the texts that were sent. */
interface Exchange {
  path: string;
  request: { stream: boolean };
  inputTokens: number;
  checkOf: (texts: readonly string[]) => AnswerCheck;
}

const makers: Record<string, () => Scenario> = {
  'stream-200': () => encoded('stream-200', messages(true), 200, eventsPerWrite),
  'drip-200': () => encoded('drip-200', messages(true), 200, 1),
  short: () => encoded('short', messages(false), 1, eventsPerWrite),
  limited: () => ({ ...encoded('limited', messages(false), 1, eventsPerWrite), isLimited: true }),
  'claude-code': () => encoded('claude-code', coding(), 50, eventsPerWrite),
  'chat-200': () => encoded('chat-200', chat(), 200, eventsPerWrite),
  'responses-200': () => encoded('responses-200', responses(false), 200, eventsPerWrite),
  'stored-200': () => encoded('stored-200', responses(true), 200, eventsPerWrite),
  held,
};

export const scenarioNames: readonly string[] = Object.keys(makers);

export function makeScenario(name: string): Scenario {
  const make = makers[name];
  if (!make) {
    throw new Error(`there is no scenario '${name}'`);
  }
  return make();
}

function encoded(name: string, exchange: Exchange, events: number, perWrite: number): Scenario {
  const { path, request, inputTokens, checkOf } = exchange;
  const texts = answerTexts(events);
  const answerBytes = encodeAnswer(answerEvents(texts, inputTokens));
  const chunks = Math.ceil(events / perWrite);
  const answer = { kind: 'bytes', body: answerBytes, chunks } as const;
  return { name, path, request, answer, answerBytes, events, check: checkOf(texts) };
}

/** Slow streams of six seconds, to be held at once. */
function held(): Scenario {
  const texts = answerTexts(heldEvents);
  const { path, request, checkOf } = messages(true);
  return {
    name: 'held',
    path,
    request,
    answer: stream(answerEvents(texts, questionTokens, [{ pause: heldPause }])),
    answerBytes: encodeAnswer(answerEvents(texts, questionTokens)),
    events: heldEvents,
    check: checkOf(texts),
  };
}

function messages(stream: boolean): Exchange {
  return {
    path: '/v1/messages',
    request: body({ stream, max_tokens: 4096, messages: [{ role: 'user', content: question }] }),
    inputTokens: questionTokens,
    checkOf: stream ? checkMessagesStream : checkMessage,
  };
}

function coding(): Exchange {
  return {
    path: '/v1/messages',
    request: codingRequest(),
    inputTokens: codingTokens,
    checkOf: checkMessagesStream,
  };
}

function chat(): Exchange {
  return {
    path: '/v1/chat/completions',
    request: body({ stream: true, messages: [{ role: 'user', content: question }] }),
    inputTokens: questionTokens,
    checkOf: checkChatStream,
  };
}

/** @param store whether the answer is kept in the database */
function responses(store: boolean): Exchange {
  return {
    path: '/v1/responses',
    request: body({ stream: true, store, input: question }),
    inputTokens: questionTokens,
    checkOf: checkResponsesStream,
  };
}

function body<T extends { stream: boolean }>(fields: T): T & { model: string } {
  return { model, ...fields };
}
