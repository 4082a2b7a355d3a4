import { existsSync, readFileSync } from 'node:fs';

/** The service's version, as package.json states it. The file stands two folders up in src/, three in dist/src/. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const candidates = ['../../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url));
  const manifest = candidates.find((candidate) => existsSync(candidate));
  return manifest ? JSON.parse(readFileSync(manifest, 'utf8')).version : 'unknown';
}
