import type { Answer, Chunking, ErrorAnswer, ScriptedEvent } from '../answer.js';
import {
  InvalidInput,
  type Reader,
  readBoolean,
  readBytes,
  readChoice,
  readFields,
  readListOf,
  readNumber,
  readObject,
  readText,
} from './read-fields.js';

const milliseconds = readNumber(0, 3_600_000);

const readHeaders: Reader<Record<string, string>> = (value, path) => {
  const entries = Object.entries(readObject(value, path));
  return Object.fromEntries(entries.map(([name, header]) => [name, readText(header, `${path}.${name}`)]));
};

/** `{answers: […], accountId?}`; bytes travel as base64. */
export function readAnswers(value: unknown): { answers: Answer[]; accountId?: string } {
  const { answers, accountId } = readFields(value, 'body', { answers: readListOf(readAnswer), accountId: readText });
  if (!answers) {
    throw new InvalidInput('body.answers is missing');
  }
  return { answers, ...(accountId === undefined ? {} : { accountId }) };
}

export function readErrorAnswer(value: unknown, path: string): ErrorAnswer {
  const { status, reason, ...more } = readFields(value, path, {
    kind: readChoice('error'),
    latencyMs: milliseconds,
    status: readNumber(300, 599),
    type: readText,
    reason: readNullable(readText),
    message: readText,
    messageKey: readChoice('message', 'Message'),
    typeIn: readChoice('body', 'header'),
    headers: readHeaders,
    body: readText,
  });
  if (status === undefined) {
    throw new InvalidInput(`${path}.status is missing`);
  }
  return { ...more, kind: 'error', status, ...(reason === undefined ? {} : { reason }) };
}

function readAnswer(value: unknown, path: string): Answer {
  const kinds = readChoice('stream', 'bytes', 'error', 'reset', 'silence');
  const kind = kinds(readObject(value, path).kind, `${path}.kind`);
  switch (kind) {
    case 'stream':
      return readStream(value, path);
    case 'bytes': {
      const fields = { kind: kinds, body: readBytes, chunks: readNumber(1, 1_000_000), latencyMs: milliseconds };
      const { body, ...more } = readFields(value, path, fields);
      return { ...more, kind, body: body ?? Buffer.alloc(0) };
    }
    case 'error':
      return readErrorAnswer(value, path);
    case 'reset':
      return { ...readFields(value, path, { kind: kinds, latencyMs: milliseconds }), kind };
    case 'silence':
      readFields(value, path, { kind: kinds });
      return { kind };
  }
}

function readStream(value: unknown, path: string): Answer {
  const { events, ...more } = readFields(value, path, {
    kind: readChoice('stream'),
    latencyMs: milliseconds,
    events: readListOf(readEvent),
    chunking: readChunking,
    headers: readHeaders,
    initialResponse: readBoolean,
  });
  return { ...more, kind: 'stream', events: events ?? [] };
}

const readChunking: Reader<Chunking> = (value, path) => {
  if (typeof value === 'string') {
    return readChoice('per-event', 'one-write')(value, path);
  }
  const { bytes } = readFields(value, path, { bytes: readNumber(1, 1 << 30) });
  if (bytes === undefined) {
    throw new InvalidInput(`${path}.bytes is missing`);
  }
  return { bytes };
};

// One kind of event each, told apart by the field that only it has.
const eventFields: readonly Record<string, Reader>[] = [
  { type: readText, payload: readObject, contentType: readNullableText },
  { pause: milliseconds },
  { cut: readTrue },
  { reset: readTrue },
  { corrupt: readChoice('prelude-crc', 'message-crc') },
  { exception: readText, payload: readObject },
  { errorCode: readText, errorMessage: readText },
  { raw: readBytes },
];

function readEvent(value: unknown, path: string): ScriptedEvent {
  const object = readObject(value, path);
  const fields = eventFields.find((candidate) => Object.hasOwn(object, Object.keys(candidate)[0] ?? ''));
  if (!fields) {
    const kinds = eventFields.map((candidate) => Object.keys(candidate)[0]).join(', ');
    throw new InvalidInput(`${path} must have one of ${kinds}`);
  }
  const defaults = 'payload' in fields ? { payload: {} } : 'errorCode' in fields ? { errorMessage: '' } : {};
  return { ...defaults, ...readFields(value, path, fields) } as ScriptedEvent;
}

function readTrue(value: unknown, path: string): true {
  if (value !== true) {
    throw new InvalidInput(`${path} must be true`);
  }
  return value;
}

function readNullableText(value: unknown, path: string): string | null {
  return readNullable(readText)(value, path);
}

/** null is a value of its own here. */
function readNullable<Value>(reader: Reader<Value>): Reader<Value | null> {
  return (value, path) => (value === null ? null : reader(value, path));
}
