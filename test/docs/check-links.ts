import { posix } from 'node:path';
import type { Problem } from './command-blocks.js';
import type { MarkdownDocument } from './read-document.js';

/**
 * The links that lead nowhere within the project. Addresses elsewhere are not followed.
 * @param documents all there are, by their path
 * @param exists whether the project has a file or folder at this path
 */
export function checkLinks(
  document: MarkdownDocument,
  documents: ReadonlyMap<string, MarkdownDocument>,
  exists: (path: string) => boolean,
): Problem[] {
  const problems: Problem[] = [];
  for (const { line, target } of document.links) {
    if (/^[a-z][a-z\d+.-]*:|^\/\//i.test(target)) continue;
    const message = whyNowhere(target, document, documents, exists);
    if (message !== undefined) problems.push({ path: document.path, line, message });
  }
  return problems;
}

function whyNowhere(
  target: string,
  document: MarkdownDocument,
  documents: ReadonlyMap<string, MarkdownDocument>,
  exists: (path: string) => boolean,
): string | undefined {
  const [file = '', anchor] = decodeURIComponent(target).split('#', 2);
  const path = file === '' ? document.path : posix.join(posix.dirname(document.path), file).replace(/\/$/, '');
  if (path.startsWith('..') || file.startsWith('/')) return `${target} leads out of the project`;
  if (!exists(path)) return `${target}: there is no ${path}`;
  if (anchor === undefined || anchor === '') return undefined;
  const there = documents.get(path);
  if (!there) return path.endsWith('.md') ? `${target}: ${path} is not among the documents` : undefined;
  return there.anchors.has(anchor) ? undefined : `${target}: ${path} has no heading #${anchor}`;
}
