import type { IncomingHttpHeaders } from 'node:http';

/** The keys a request brings, each once: `api-key` is how Azure's clients send theirs (openai.md §3). */
export function presentedKeys(headers: IncomingHttpHeaders): string[] {
  const keys: string[] = [];
  // Node joins a repeated header to one text.
  for (const key of [bearerToken(headers.authorization), headers['x-api-key'], headers['api-key']]) {
    if (typeof key === 'string' && key !== '' && !keys.includes(key)) keys.push(key);
  }
  return keys;
}

function bearerToken(header: string | undefined): string | undefined {
  // The scheme's name ignores case (RFC 9110 §11.1).
  return header && /^bearer /i.test(header) ? header.slice('bearer '.length).trim() : undefined;
}
