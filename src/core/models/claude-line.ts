/** The lines of Claude models that stand for what other makers call theirs. */
export const CLAUDE_LINES = ['haiku', 'sonnet', 'opus'] as const;
export type ClaudeLine = (typeof CLAUDE_LINES)[number];

/** Digits of a version, not of a date. */
const VERSION = /^\d{1,2}(\.\d{1,2})?$/;

/** The line an upstream model belongs to: `sonnet` of `claude-sonnet-4.5` and of `claude-3.7-sonnet`. */
export function claudeLineOf(upstreamId: string): ClaudeLine | undefined {
  const [maker, ...words] = upstreamId.split('-');
  return maker === 'claude' ? CLAUDE_LINES.find((line) => words.includes(line)) : undefined;
}

/**
 * Above 0 when model `a` is newer than `b` of the same line. By version: what was released after this was written has no
 * date here. Of two with one version the plain one counts as newer, that with more words is a variant of it.
 */
export function compareAge(a: string, b: string): number {
  const [left, right] = [versionOf(a), versionOf(b)];
  return left.major - right.major || left.minor - right.minor || b.length - a.length;
}

function versionOf(upstreamId: string): { major: number; minor: number } {
  const [major = 0, minor = 0] = upstreamId
    .split('-')
    .filter((word) => VERSION.test(word))
    .flatMap((word) => word.split('.'))
    .map(Number);
  return { major, minor };
}
