import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { AcceptedRequest, Answer } from '../../../simulator/answer.js';
import { Simulator } from '../../../simulator/simulator.js';
import { Pool } from '../../../src/accounts/pool/pool.service.js';
import { AnswerRunner } from '../../../src/proxy/reply/answer-runner.js';
import { eventually } from '../../support/ask.js';
import { ADMIN_KEY, startGateway } from '../../support/start-gateway.js';
import { withoutCooldowns } from '../../support/without-cooldowns.js';
import { anyAnswer, type Step } from '../generate/answers.js';
import { PLACES, putTools } from '../generate/put-tools.js';
import { Chance } from './chance.js';
import { messagesQuestion } from './questions/messages-question.js';
import { chatQuestion, responsesQuestion } from './questions/openai-questions.js';
import type { Question } from './questions/question.js';
import type { Target } from './target.js';

const CONCURRENCY = 32;
const BATCH = 200;

interface Exchange {
  question: Question;
  answer: Step[];
}

const exchange: fc.Arbitrary<Exchange> = fc.record({
  question: fc.oneof(messagesQuestion, chatQuestion, responsesQuestion),
  answer: anyAnswer(PLACES),
});

/** Valid requests and legal answers of every protocol through the whole gateway on sockets, as a stream and as JSON. */
export async function exchangesTarget(seed: number): Promise<Target> {
  const simulator = await Simulator.start();
  const gateway = await startGateway(simulator, { accounts: 2, MAX_ATTEMPTS: 1, LOG_LEVEL: 'error' });
  withoutCooldowns(gateway);
  const exchanges = new Batches(seed);
  /** Rounds so far, by the mark of the call. */
  const rounds = new Map<string, number>();
  simulator.answer((accepted) => answerTo(accepted, exchanges, rounds));

  const ask = (number: number, stream: boolean): Promise<Response> => {
    const { path, headers, body } = exchanges.at(number).question;
    return fetch(gateway.url + path, {
      method: 'POST',
      headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body(`[call ${number} ${stream}]`, stream)),
    });
  };

  const run = async (number: number): Promise<string> => {
    const { client, compare } = exchanges.at(number).question;
    return `${client} ${await compare(await ask(number, true), await ask(number, false))}`;
  };

  const close = async () => {
    try {
      await eventually(() => simulator.openStreams === 0 && gateway.app.get(AnswerRunner).running === 0);
      assert.equal(gateway.app.get(Pool).totalInFlight(), 0, 'leases that were not given back');
      assert.deepEqual(gateway.logs.slice(0, 3), [], 'errors in the log');
      // Models that take no documents say so, and get text: every other refusal is a fault of ours.
      const refused = simulator.requests.flatMap(({ error }) => (error ? [`${error.reason}: ${error.detail}`] : []));
      const faults = refused.filter(
        (reason) => !/^(DOCUMENT_MODEL_NOT_SUPPORTED|CONTENT_LENGTH_EXCEEDS_THRESHOLD)/.test(reason),
      );
      assert.deepEqual(faults.slice(0, 5), []);
    } finally {
      await gateway.close();
      await simulator.close();
    }
  };
  return { run, close, concurrency: CONCURRENCY };
}

/** Exchanges by number, made in batches that the seed alone decides. */
class Batches {
  private readonly known = new Map<number, readonly Exchange[]>();

  constructor(private readonly seed: number) {}

  at(number: number): Exchange {
    const batch = Math.floor(number / BATCH);
    let exchanges = this.known.get(batch);
    if (!exchanges) {
      exchanges = fc.sample(exchange, { seed: new Chance(this.seed, batch).below(2 ** 31), numRuns: BATCH });
      this.known.set(batch, exchanges);
      this.known.delete(batch - 2);
    }
    return exchanges[number % BATCH] as Exchange;
  }
}

function answerTo(accepted: AcceptedRequest, exchanges: Batches, rounds: Map<string, number>): Answer {
  const { history, currentMessage } = accepted.body.conversationState;
  const first = history?.[0]?.userInputMessage ?? currentMessage.userInputMessage;
  const [mark, number] = /\[call (\d+) \w+\]/.exec(first.content) ?? [];
  if (mark === undefined) return { kind: 'error', status: 400, type: 'ValidationException', message: 'no mark' };
  const round = rounds.get(mark) ?? 0;
  rounds.set(mark, round + 1);
  const { tools } = currentMessage.userInputMessage.userInputMessageContext ?? {};
  const offered = (tools ?? []).flatMap(({ toolSpecification }) => toolSpecification?.name ?? []);
  const steps = putTools(exchanges.at(Number(number)).answer, offered, round);
  return { kind: 'stream', events: steps.map(({ event }) => event) };
}
