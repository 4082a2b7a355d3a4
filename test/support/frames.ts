import { EventStreamCodec } from '@smithy/eventstream-codec';

type MessageHeaders = Parameters<EventStreamCodec['encode']>[0]['headers'];

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

/** A frame as AWS's own codec writes it. */
export function frame(headers: MessageHeaders, payload: string | Uint8Array): Buffer {
  return Buffer.from(codec.encode({ headers, body: Buffer.from(payload) }));
}

/** An event frame of the given type. */
export function eventFrame(type: string, payload: unknown): Buffer {
  return frame(
    {
      ':event-type': { type: 'string', value: type },
      ':content-type': { type: 'string', value: 'application/json' },
      ':message-type': { type: 'string', value: 'event' },
    },
    JSON.stringify(payload),
  );
}

/** An exception frame, as it ends a broken answer. */
export function exceptionFrame(type: string, payload: unknown): Buffer {
  return frame(
    {
      ':exception-type': { type: 'string', value: type },
      ':content-type': { type: 'string', value: 'application/json' },
      ':message-type': { type: 'string', value: 'exception' },
    },
    JSON.stringify(payload),
  );
}
