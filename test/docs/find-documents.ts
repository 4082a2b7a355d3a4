import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MarkdownDocument, readDocument } from './read-document.js';

const FOLDERS = ['docs', 'helm', 'deploy'];

/** The project's documents by their path: those at its top, and all in `docs`, `helm` and `deploy`. */
export function findDocuments(root: string): Map<string, MarkdownDocument> {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'));
  const below = FOLDERS.flatMap((folder) => markdownIn(root, folder));
  const paths = [...top, ...below].toSorted();
  return new Map(paths.map((path) => [path, readDocument(path, readFileSync(join(root, path), 'utf8'))]));
}

/** Whether the commands in it are run: in the README, in each language, and in `docs`. */
export function holdsCommands(path: string): boolean {
  return /^README[^/]*\.md$/.test(path) || path.startsWith('docs/');
}

function markdownIn(root: string, folder: string): string[] {
  try {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name).replaceAll('\\', '/'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
