import { GatewayError } from '../../errors.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENERS: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const CLOSERS: ReadonlySet<number> = new Set([0x7d, 0x5d]);
const WHITESPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Nobody who means it writes it oftener, and each one costs memory. */
const MOST_NAMES = 10;

/** Position of a string's quotes, the second one behind it. */
interface Span {
  start: number;
  end: number;
}

/**
 * The same JSON object with another text as its `model`; every other byte as it was. Whoever writes the name twice gets
 * both replaced: parsers differ in which of them counts.
 * @param json an object that was parsed before, in UTF-8
 * @throws GatewayError `invalid_request` for more than 10 of them
 */
export function replaceModel(json: Buffer, model: string): Buffer {
  const pieces: Buffer[] = [];
  const replacement = Buffer.from(JSON.stringify(model));
  let copied = 0;
  for (const { start, end } of modelValues(json)) {
    pieces.push(json.subarray(copied, start), replacement);
    copied = end;
  }
  pieces.push(json.subarray(copied));
  return Buffer.concat(pieces);
}

/** One walk; texts, which are nearly all of it, are jumped over. */
function modelValues(json: Buffer): Span[] {
  const values: Span[] = [];
  let depth = 0;
  let at = 0;
  while (at < json.length) {
    const byte = json[at] as number;
    if (byte !== QUOTE) {
      if (OPENERS.has(byte)) depth++;
      else if (CLOSERS.has(byte)) depth--;
      at++;
      continue;
    }
    const text = { start: at, end: endOfString(json, at) };
    at = text.end;
    const colon = afterWhitespace(json, at);
    if (depth !== 1 || json[colon] !== COLON) continue;
    at = afterWhitespace(json, colon + 1);
    if (json[at] !== QUOTE || !isModel(json, text)) continue;
    const value = { start: at, end: endOfString(json, at) };
    values.push(value);
    if (values.length > MOST_NAMES) throw tooManyNames();
    at = value.end;
  }
  return values;
}

function tooManyNames(): GatewayError {
  return new GatewayError('invalid_request', `model: Given more than ${MOST_NAMES} times`, { path: 'model' });
}

/** Whether a key, quotes included, says `model`, in whatever spelling. */
function isModel(json: Buffer, { start, end }: Span): boolean {
  const key = json.toString('utf8', start, end);
  return key === '"model"' || (key.includes('\\') && JSON.parse(key) === 'model');
}

function endOfString(json: Buffer, start: number): number {
  for (let at = json.indexOf(QUOTE, start + 1); at !== -1; at = json.indexOf(QUOTE, at + 1)) {
    let escapes = 0;
    while (json[at - 1 - escapes] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  return json.length;
}

function afterWhitespace(json: Buffer, from: number): number {
  let at = from;
  while (WHITESPACE.has(json[at] as number)) at++;
  return at;
}
