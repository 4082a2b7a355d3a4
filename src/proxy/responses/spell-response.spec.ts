import { describe, expect, it } from '@jest/globals';
import { of, Subject } from 'rxjs';
import { begin, end, text } from '../../../test/support/messages-events.js';
import { responseEvents } from '../../../test/support/responses-answer.js';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import { spellResponse } from './spell-response.js';

describe('spellResponse', () => {
  it('hands on all that an event is spelt as, and completes', () => {
    const types: string[] = [];
    let isComplete = false;
    of(begin, ...text(0, 'Hi'), ...end('end_turn'))
      .pipe(spellResponse(responseEvents()))
      .subscribe({ next: ({ type }) => types.push(type), complete: () => (isComplete = true) });
    expect([types[0], types.at(-1), isComplete]).toEqual(['response.created', 'response.completed', true]);
  });

  it('ends with what the speller throws, and leaves upstream', () => {
    const upstream = new Subject<MessagesEvent>();
    let outcome: unknown;
    upstream
      .pipe(spellResponse(responseEvents({ isCompaction: true })))
      .subscribe({ error: (thrown) => (outcome = thrown) });
    for (const event of [begin, ...end('end_turn')]) upstream.next(event);
    expect(outcome).toMatchObject({ kind: 'upstream' });
    expect(upstream.observed).toBe(false);
  });

  it('hands errors and hang-ups through', () => {
    const failure = new Error('broke');
    const upstream = new Subject<MessagesEvent>();
    let outcome: unknown;
    upstream.pipe(spellResponse(responseEvents())).subscribe({ error: (thrown) => (outcome = thrown) });
    upstream.error(failure);
    expect(outcome).toBe(failure);

    const other = new Subject<MessagesEvent>();
    other.pipe(spellResponse(responseEvents())).subscribe().unsubscribe();
    expect(other.observed).toBe(false);
  });
});
