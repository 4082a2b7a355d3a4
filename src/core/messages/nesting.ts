/** Whether a JSON value has at most that many levels of lists and objects; looks no further than the first one deeper. */
export function isNestedWithin(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (levels <= 0) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!isNestedWithin(value[index], levels - 1)) return false;
    return true;
  }
  for (const key in value) if (!isNestedWithin((value as Record<string, unknown>)[key], levels - 1)) return false;
  return true;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The same of JSON text, before anybody parses it: the engine takes a hundred times as long for a bracket that opens a
 * level as for any other character. Text that is no JSON gives an answer of no meaning.
 */
export function isJsonNestedWithin(json: string, levels: number): boolean {
  let level = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = endOfText(json, at + 1);
        break;
      case 0x5b: // [
      case 0x7b: // {
        level += 1;
        if (level > levels) return false;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        level -= 1;
    }
  }
  return true;
}

/** Where the quote stands that ends the text, or the whole. */
function endOfText(json: string, start: number): number {
  const quote = json.indexOf('"', start);
  if (quote < 0) return json.length;
  // Nearly always: a long text is passed over at once.
  if (json.charCodeAt(quote - 1) !== BACKSLASH) return quote;
  let at = start;
  for (let code = json.charCodeAt(at); at < json.length && code !== QUOTE; code = json.charCodeAt(at)) {
    at += code === BACKSLASH ? 2 : 1;
  }
  return at;
}
