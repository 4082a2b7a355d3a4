const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e]*$/;

/**
 * `OTEL_EXPORTER_OTLP_HEADERS`: `name=value`, comma separated, values URL-encoded.
 * @returns undefined where it is something else
 */
export function parseHeaders(text: string): Record<string, string> | undefined {
  const entries: [string, string][] = [];
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue;
    const [name = '', ...rest] = pair.split('=');
    const value = decoded(rest.join('=').trim());
    if (rest.length === 0 || value === undefined || !NAME.test(name.trim()) || !VALUE.test(value)) return undefined;
    entries.push([name.trim(), value]);
  }
  return Object.fromEntries(entries);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
