import { describe, expect, it, jest } from '@jest/globals';
import { Subject } from 'rxjs';
import { answerItem, responseOf } from '../../../test/support/response-store-room.js';
import { Flow } from '../../core/messages/flow.js';
import type { ResponseStreamEvent } from '../../core/protocols/openai-responses/response-stream-event.js';
import { requestContext } from '../../platform/logging/request-context.js';
import type { ResponseRecorder } from './response-recorder.js';
import { storeItems } from './store-items.js';

const item = answerItem('msg_1', 'hello');
const response = responseOf('resp_1', [item]);
const delta = (text: string): ResponseStreamEvent => ({
  type: 'response.output_text.delta',
  item_id: 'msg_1',
  output_index: 0,
  content_index: 0,
  delta: text,
  logprobs: [],
});
const done: ResponseStreamEvent = { type: 'response.output_item.done', output_index: 0, item };
const completed: ResponseStreamEvent = { type: 'response.completed', response };

function setUp() {
  const writes: { of: string; end: (isKept?: boolean) => Promise<void> }[] = [];
  const begin = (of: string) => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const end = async (isKept = true) => {
      resolve(isKept);
      // What waits for it has its turn.
      await new Promise((next) => setImmediate(next));
    };
    writes.push({ of, end });
    return promise;
  };
  const recorder = { item: () => begin('item'), response: () => begin('response') } as unknown as ResponseRecorder;
  const source = new Subject<ResponseStreamEvent>();
  const upstream = { pause: jest.fn(), resume: jest.fn() };
  const flow = new Flow();
  flow.attach(upstream);
  const seen: unknown[] = [];
  const observer = {
    next: (event: ResponseStreamEvent) => seen.push(event),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('end'),
  };
  const subscribe = (to: ResponseRecorder | undefined = recorder) =>
    source.pipe(storeItems(to, flow)).subscribe(observer);
  return { writes, source, upstream, flow, seen, subscribe, recorder, observer };
}

describe('storeItems', () => {
  it('hands on at once what needs no writing', () => {
    const { source, seen, subscribe, writes, upstream } = setUp();
    subscribe();
    source.next(delta('a'));
    source.next(delta('b'));
    source.complete();
    expect(seen).toEqual([delta('a'), delta('b'), 'end']);
    expect(writes).toEqual([]);
    expect(upstream.pause).not.toHaveBeenCalled();
  });

  it('hands on an item once it is written, and all that came meanwhile after it', async () => {
    const { source, seen, subscribe, writes } = setUp();
    subscribe();
    for (const event of [delta('a'), done, delta('b')]) source.next(event);
    expect(seen).toEqual([delta('a')]);
    await writes[0]?.end();
    expect(seen).toEqual([delta('a'), done, delta('b')]);
  });

  it('writes one after the other, in the order of the answer', async () => {
    const { source, seen, subscribe, writes } = setUp();
    subscribe();
    for (const event of [done, delta('b'), done, completed]) source.next(event);
    source.complete();
    expect(writes).toHaveLength(1);
    await writes[0]?.end();
    expect(seen).toEqual([done, delta('b')]);
    await writes[1]?.end();
    expect(seen).toEqual([done, delta('b'), done]);
    await writes[2]?.end();
    expect(seen).toEqual([done, delta('b'), done, completed, 'end']);
    expect(writes.map(({ of }) => of)).toEqual(['item', 'item', 'response']);
  });

  it.each(['response.completed', 'response.incomplete'] as const)('writes the response before %s', async (type) => {
    const { source, seen, subscribe, writes } = setUp();
    subscribe();
    source.next({ type, response });
    expect([seen.length, writes[0]?.of]).toEqual([0, 'response']);
    await writes[0]?.end();
    expect(seen).toEqual([{ type, response }]);
  });

  it('says store: false at the end of an answer that could not be kept, and leaves the rest as it is', async () => {
    const { source, seen, subscribe, writes } = setUp();
    subscribe();
    source.next(completed);
    await writes[0]?.end(false);
    expect(seen).toEqual([{ type: 'response.completed', response: { ...response, store: false } }]);
    expect(response.store).toBe(true);
  });

  it('holds upstream back while it writes, and not longer', async () => {
    const { source, subscribe, writes, upstream } = setUp();
    subscribe();
    for (const event of [done, completed]) source.next(event);
    expect(upstream.pause).toHaveBeenCalled();
    await writes[0]?.end();
    expect(upstream.resume).not.toHaveBeenCalled();
    await writes[1]?.end();
    expect(upstream.resume).toHaveBeenCalledTimes(1);
  });

  it('tells a failure after what came before it', async () => {
    const { source, seen, subscribe, writes } = setUp();
    subscribe();
    const error = new Error('broke');
    source.next(done);
    source.next(delta('b'));
    source.error(error);
    expect(seen).toEqual([]);
    await writes[0]?.end();
    expect(seen).toEqual([done, delta('b'), error]);
  });

  it('ends with its subscriber: nothing more is written or resumed', async () => {
    const { source, seen, subscribe, writes, upstream } = setUp();
    const subscription = subscribe();
    for (const event of [done, done]) source.next(event);
    subscription.unsubscribe();
    expect(source.observed).toBe(false);
    await writes[0]?.end();
    expect([seen, writes.length, upstream.resume.mock.calls]).toEqual([[], 1, []]);
  });

  it('stops in the middle of what waited when its subscriber leaves there', async () => {
    const { source, writes, flow, recorder } = setUp();
    const seen: unknown[] = [];
    const subscription = source.pipe(storeItems(recorder, flow)).subscribe((event) => {
      seen.push(event);
      if (event === done) subscription.unsubscribe();
    });
    for (const event of [done, delta('b'), done]) source.next(event);
    await writes[0]?.end();
    expect([seen, writes.length]).toEqual([[done], 1]);
  });

  it('hands on in the context of its own request, whoever the event came from', async () => {
    const { source, writes, flow, recorder } = setUp();
    const contexts: unknown[] = [];
    requestContext.run({ requestId: 'req_own', startedAt: 0, facts: {} }, () => {
      const note = () => contexts.push(requestContext.getStore()?.requestId);
      source.pipe(storeItems(recorder, flow)).subscribe({ next: note, complete: note });
    });
    requestContext.run({ requestId: 'req_other', startedAt: 0, facts: {} }, () => {
      source.next(done);
      source.complete();
    });
    await writes[0]?.end();
    expect(contexts).toEqual(['req_own', 'req_own']);
  });

  it('is not there for an answer that is not to be kept', () => {
    const { source, flow } = setUp();
    expect(source.pipe(storeItems(undefined, flow))).toBe(source);
  });
});
