import { failure, goodEnd, pause, stream, text } from '../../../simulator/script.js';
import type { AcceptedRequest, Answer } from '../../../simulator/simulator.js';
import type { PlannedRequest } from './planned-request.js';

/** So long nobody waits: who asked has left before. */
const FOREVER_MS = 600_000;
const NUMBER = /question (\d+)\./;
const FIRST = [text('A first part. '), text('A second. ')];

/** Answers each request as it was planned, and remembers which accounts were asked. */
export class PlannedService {
  /** By number of the request: ids of accounts, in order. */
  readonly asked = new Map<number, string[]>();
  private readonly waiting = new Map<number, PromiseWithResolvers<void>>();

  constructor(private readonly planOf: (number: number) => PlannedRequest) {}

  /** Resolves when this request has come to the service. */
  whenAsked(number: number): Promise<void> {
    if (this.asked.has(number)) return Promise.resolve();
    const waiting = this.waiting.get(number) ?? Promise.withResolvers<void>();
    this.waiting.set(number, waiting);
    return waiting.promise;
  }

  answer({ account, body }: AcceptedRequest): Answer | undefined {
    const words = body.conversationState.currentMessage.userInputMessage.content;
    const number = Number(NUMBER.exec(words)?.[1] ?? Number.NaN);
    if (Number.isNaN(number)) return undefined;
    const asked = this.asked.get(number) ?? [];
    this.asked.set(number, asked);
    if (asked.at(-1) !== account.id) asked.push(account.id);
    this.waiting.get(number)?.resolve();
    this.waiting.delete(number);
    const { fate, served } = this.planOf(number);
    const hasFailed = fate === 'failed' || (fate === 'failed over' && asked.length === 1);
    if (hasFailed) return failure(500, 'InternalServerException', 'Failed.');
    if (fate === 'left early') return { kind: 'silence' };
    if (fate === 'left midway') return stream(FIRST, pause(FOREVER_MS));
    if (fate === 'cut') return stream(FIRST, { reset: true });
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, credits } = served;
    const usage = {
      uncachedInputTokens: inputTokens,
      outputTokens,
      cacheReadInputTokens: cacheReadTokens,
      cacheWriteInputTokens: cacheWriteTokens,
    };
    const [metadata, contextUsage] = goodEnd(usage);
    if (!metadata || !contextUsage) throw new Error('a good end has three events');
    return stream(FIRST, metadata, contextUsage, {
      type: 'meteringEvent',
      payload: { usage: credits, unit: 'credit', unitPlural: 'credits' },
    });
  }
}
