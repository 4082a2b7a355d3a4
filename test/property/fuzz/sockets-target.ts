import { strict as assert } from 'node:assert';
import type { AcceptedRequest, Answer } from '../../../simulator/answer.js';
import { Simulator } from '../../../simulator/simulator.js';
import { Pool } from '../../../src/accounts/pool/pool.service.js';
import { AnswerRunner } from '../../../src/proxy/reply/answer-runner.js';
import { eventually } from '../../support/ask.js';
import { ADMIN_KEY, startGateway } from '../../support/start-gateway.js';
import { withoutCooldowns } from '../../support/without-cooldowns.js';
import { WIRE_NAMES } from '../read-answer.js';
import { Chance } from './chance.js';
import { CLIENTS } from './clients/clients.js';
import { mutateStream } from './mutate-stream.js';
import { spoiltBody } from './spoil-body.js';
import { answerFrames } from './streams-target.js';
import type { Target } from './target.js';

const CONCURRENCY = 64;
/** No answer may take longer: upstream is at hand and says what it has to say at once. */
const LONGEST_MS = 20_000;

/**
 * The whole gateway on sockets, clients of every protocol at once: every second case has a spoilt answer of the
 * service, the others a spoilt body or a name that nobody gave.
 */
export async function socketsTarget(seed: number): Promise<Target> {
  const simulator = await Simulator.start({ recordRequests: false });
  const gateway = await startGateway(simulator, { accounts: 3, MAX_ATTEMPTS: 1, LOG_LEVEL: 'error' });
  withoutCooldowns(gateway);
  const bodies = new Map(CLIENTS.map((client) => [client, client.format.goodBodies(seed)]));
  const frames = answerFrames(WIRE_NAMES, seed);
  simulator.answer((accepted) => spoiltAnswer(accepted, frames, seed));

  const send = (path: string, body: Buffer | string | undefined, headers: Record<string, string>, method = 'POST') =>
    fetch(gateway.url + path, {
      method,
      headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json', ...headers },
      body: body as unknown as string,
      signal: AbortSignal.timeout(LONGEST_MS),
    });

  const run = async (number: number): Promise<string> => {
    const chance = new Chance(seed, number);
    const client = chance.of(CLIENTS);
    const [path = ''] = client.paths;
    if (number % 2 === 0) {
      const question = JSON.stringify(client.question(`case ${number}`, chance));
      const response = await send(path, question, client.headers(chance));
      return `${client.name} answer, ${await client.endOf(response, question)}`;
    }
    const lookUp = chance.oneIn(8) ? client.lookUp?.(chance) : undefined;
    if (lookUp) {
      const response = await send(lookUp.path, undefined, client.headers(chance), lookUp.method);
      return `${client.name} name, ${await client.endOf(response, '')}`;
    }
    const { text } = chance.of(bodies.get(client) ?? []);
    const body = spoiltBody(text, client.format.types, chance);
    const response = await send(chance.oneIn(5) ? chance.of(client.paths) : path, body, client.headers(chance));
    return `${client.name} body, ${await client.endOf(response, body.toString())}`;
  };

  const close = async () => {
    try {
      await eventually(() => simulator.openStreams === 0 && gateway.app.get(AnswerRunner).running === 0);
      assert.equal(gateway.app.get(Pool).totalInFlight(), 0, 'leases that were not given back');
      // The service's own faults are told to clients, its spoilt answers are no faults of ours.
      assert.deepEqual(gateway.logs.slice(0, 3), [], 'errors in the log');
    } finally {
      await gateway.close();
      await simulator.close();
    }
  };
  return { run, close, concurrency: CONCURRENCY };
}

/** By the number in the question; a spoilt body without one gets the default answer. */
function spoiltAnswer(accepted: AcceptedRequest, frames: readonly Buffer[][], seed: number): Answer | undefined {
  const { content } = accepted.body.conversationState.currentMessage.userInputMessage;
  const number = /^case (\d+)$/.exec(content)?.[1];
  if (number === undefined) return undefined;
  const chance = new Chance(~seed, Number(number));
  const body = mutateStream(chance.of(frames), chance.of(frames), chance);
  return { kind: 'bytes', body, chunks: 1 + chance.below(4) };
}
