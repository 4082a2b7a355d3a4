import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/**
 * Takes over what `.env` in the working directory sets and the environment does not. There may be none; a folder of
 * that name, as Python's tools make it, is none.
 * @throws Error in words when it is there and can't be read; the platform's own says that there is none
 */
export function loadEnvFile(environment: Record<string, string | undefined> = process.env, path = '.env'): void {
  const text = readIfThere(path);
  if (text === undefined) return;
  // Editors of Windows put the mark in front: the first setting would have another name with it.
  for (const [name, value] of Object.entries(parseEnv(text.replace(/^\ufeff/, '')))) environment[name] ??= value;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return undefined;
    throw new Error(`${path} can't be read: ${code === 'EACCES' ? 'permission denied' : code}`);
  }
}
