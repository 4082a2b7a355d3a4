import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Observable } from 'rxjs';
import { eventFrame } from '../../../test/support/frames.js';
import { Flow } from '../../core/messages/flow.js';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import { AnswerDecoder } from '../../core/protocols/amazon-q/answer-decoder.js';
import { ToolNames } from '../../core/protocols/amazon-q/tool-names.js';
import { AnswerHandler, LONGEST_ERROR_BODY } from './answer-handler.js';

const FIRST_BYTE_MS = 60_000;

function setUp() {
  const seen: { types: string[]; error?: unknown; completed?: true } = { types: [] };
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    abort: jest.fn(),
    pause: jest.fn(),
    resume: jest.fn(),
  };
  let handler: AnswerHandler | undefined;
  const subscription = new Observable<MessagesEvent>((subscriber) => {
    const decoder = new AnswerDecoder({
      messageId: 'msg_1',
      requestedModel: 'm',
      toolNames: new ToolNames([]),
      thinking: 'none',
      estimatedInputTokens: 1,
      tokenScale: 1,
    });
    const made = new AnswerHandler(subscriber, decoder, new Flow(), { firstByteMs: FIRST_BYTE_MS });
    handler = made;
    return () => made.abort();
  }).subscribe({
    next: (event) => seen.types.push(event.type),
    error: (error) => {
      seen.error = error;
    },
    complete: () => {
      seen.completed = true;
    },
  });
  return { handler: handler as unknown as AnswerHandler, controller, seen, subscription };
}

describe('AnswerHandler', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives up a call that gets no connection in time, and aborts it should it start after all', () => {
    const { handler, controller, seen } = setUp();
    jest.advanceTimersByTime(FIRST_BYTE_MS - 1);
    expect(seen.error).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(seen.error).toMatchObject({ kind: 'timeout', failure: { retry: 'other-account' } });
    handler.onRequestStart(controller);
    expect(controller.abort).toHaveBeenCalledTimes(1);
  });

  describe('with an answer that is an error', () => {
    function refuse(status = 400) {
      const running = setUp();
      const { handler, controller } = running;
      handler.onRequestStart(controller);
      handler.onResponseStart(controller, status, {});
      return { ...running, read: (bytes: Buffer) => handler.onResponseData(controller, bytes) };
    }
    const body = Buffer.from(JSON.stringify({ message: 'Too many images: größer', reason: 'IMAGE_COUNT_EXCEEDED' }));
    const refused = {
      kind: 'invalid_request',
      failure: { status: 400, retry: 'never', serviceMessage: 'Too many images: größer' },
    };

    it('waits for no more of it than its time, however steadily it drips, and takes what came', () => {
      const { controller, seen, read } = refuse();
      read(body);
      for (let passed = 0; passed < FIRST_BYTE_MS; passed += 100) {
        expect(seen.error).toBeUndefined();
        read(Buffer.from(' '));
        jest.advanceTimersByTime(100);
      }
      expect(seen.error).toMatchObject(refused);
      expect(controller.abort).toHaveBeenCalledTimes(1);
    });

    it('gives it its time anew, when upstream took long to begin', () => {
      const { handler, controller, seen } = setUp();
      handler.onRequestStart(controller);
      jest.advanceTimersByTime(FIRST_BYTE_MS - 1);
      handler.onResponseStart(controller, 400, {});
      jest.advanceTimersByTime(FIRST_BYTE_MS - 1);
      handler.onResponseData(controller, body);
      expect(seen.error).toBeUndefined();
      handler.onResponseEnd();
      expect(seen.error).toMatchObject(refused);
    });

    it('reads no more of it than a limit', () => {
      const { controller, seen, read } = refuse();
      read(body);
      read(Buffer.alloc(LONGEST_ERROR_BODY - body.length - 1, ' '));
      expect(seen.error).toBeUndefined();
      read(Buffer.from(' '));
      expect(seen.error).toMatchObject(refused);
      expect(controller.abort).toHaveBeenCalledTimes(1);
    });

    it('reads characters that lie across two reads', () => {
      const { handler, seen, read } = refuse();
      for (const byte of body) read(Buffer.from([byte]));
      handler.onResponseEnd();
      expect(seen.error).toMatchObject(refused);
    });

    it('is not heard of again once it is not wanted', () => {
      const { subscription, controller, seen, read } = refuse();
      subscription.unsubscribe();
      read(Buffer.alloc(LONGEST_ERROR_BODY));
      jest.advanceTimersByTime(FIRST_BYTE_MS);
      expect(seen.error).toBeUndefined();
      expect(controller.abort).toHaveBeenCalledTimes(1);
    });

    afterEach(() => {
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it('has no clock running once the answer began, ended or is not wanted', () => {
    const began = setUp();
    began.handler.onRequestStart(began.controller);
    began.handler.onResponseStart(began.controller, 200, {});
    began.handler.onResponseData(began.controller, eventFrame('assistantResponseEvent', { content: 'Hi' }));
    began.handler.onResponseEnd();
    expect(began.seen).toEqual({
      types: [
        'message_start',
        'content_block_start',
        'content_block_delta',
        'content_block_stop',
        'message_delta',
        'message_stop',
      ],
      completed: true,
    });
    expect(began.controller.abort).not.toHaveBeenCalled();
    setUp().subscription.unsubscribe();
    const lost = setUp();
    lost.handler.onResponseError(lost.controller, new Error('ECONNRESET'));
    expect(lost.seen.error).toMatchObject({ kind: 'upstream', failure: { class: 'transient' } });
    expect(jest.getTimerCount()).toBe(0);
  });
});
