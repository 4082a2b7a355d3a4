import { describe, expect, it } from '@jest/globals';
import { concat, type Observable, of, Subject, throwError } from 'rxjs';
import { begin, end, text } from '../../../test/support/messages-events.js';
import { GatewayError } from '../../core/errors.js';
import type { MessagesEvent, MessagesRequest } from '../../core/messages/vocabulary.js';
import { askShortened } from './ask-shortened.js';

const answer = [begin, ...text(0, 'Hi'), ...end('end_turn')];
const tooLong = new GatewayError('context_length', 'prompt is too long');

/** A conversation of so many turns of the same length. */
const request = (turns: number): MessagesRequest => ({
  model: 'm',
  max_tokens: 1000,
  messages: Array.from({ length: turns }, (_turn, index) => ({ role: 'user' as const, content: `turn ${index % 10}` })),
});

/** Asks upstream, whose window holds so many turns. */
function ask(turns: number, window: number, failure: unknown = tooLong) {
  const asked: number[] = [];
  const received: MessagesEvent[] = [];
  let outcome: unknown;
  askShortened(request(turns), ({ messages }): Observable<MessagesEvent> => {
    asked.push(messages.length);
    return messages.length > window ? throwError(() => failure) : of(...answer);
  }).subscribe({
    next: (event) => received.push(event),
    error: (thrown) => {
      outcome = thrown;
    },
    complete: () => {
      outcome = 'complete';
    },
  });
  return { asked, received, outcome };
}

describe('askShortened', () => {
  it('asks once where the conversation fits', () => {
    expect(ask(8, 8)).toEqual({ asked: [8], received: answer, outcome: 'complete' });
  });

  it('leaves out the oldest half until the rest fits', () => {
    expect(ask(64, 10)).toEqual({ asked: [64, 32, 16, 8], received: answer, outcome: 'complete' });
  });

  it('gives up after six times, with the error itself', () => {
    const { asked, outcome } = ask(1024, 1);
    expect(asked).toEqual([1024, 512, 256, 128, 64, 32, 16]);
    expect(outcome).toBe(tooLong);
  });

  it('gives up when nothing more can go', () => {
    expect(ask(2, 0)).toEqual({ asked: [2, 1], received: [], outcome: tooLong });
  });

  it('does not ask again after any other error', () => {
    const failure = new GatewayError('upstream', 'broke');
    expect(ask(8, 4, failure)).toEqual({ asked: [8], received: [], outcome: failure });
  });

  it('does not ask again once the answer began', () => {
    let asked = 0;
    let outcome: unknown;
    askShortened(request(8), () => {
      asked += 1;
      return concat(
        of(begin),
        throwError(() => tooLong),
      );
    }).subscribe({
      error: (thrown) => {
        outcome = thrown;
      },
    });
    expect([asked, outcome]).toEqual([1, tooLong]);
  });

  it('leaves upstream when the client is gone, also on a later try', () => {
    const second = new Subject<MessagesEvent>();
    const subscription = askShortened(request(8), ({ messages }) =>
      messages.length === 8 ? throwError(() => tooLong) : second,
    ).subscribe();
    expect(second.observed).toBe(true);
    subscription.unsubscribe();
    expect(second.observed).toBe(false);
  });
});
