import type { MarkdownDocument } from './read-document.js';

/** What becomes of a block of commands; a comment directly above it says so, without one it is run. */
export type Treatment =
  | { kind: 'run' }
  /** `<!-- not run: REASON -->` */
  | { kind: 'not-run'; reason: string }
  /** `<!-- stays up until: WORDS -->`: a program that goes on; it is ended when it has printed the words. */
  | { kind: 'stays-up'; words: string }
  /** `<!-- ends with 1: REASON -->` */
  | { kind: 'ends-with'; status: number; reason: string };

export interface CommandBlock {
  path: string;
  /** Of its opening fence. */
  line: number;
  text: string;
  treatment: Treatment;
}

export interface Problem {
  path: string;
  line: number;
  message: string;
}

const SHELL = new Set(['sh', 'bash', 'shell', 'console', 'zsh']);
/** What looks meant to be a mark, so that a misspelt one is found. */
const MARK_LIKE = /^(?:not[ -]?run|no[ -]?run|skip|stays[ -]?up|ends[ -]?with)\b/i;
const PLACEHOLDER = /<[A-Za-z][\w. -]*>|…|\bYOUR[-_ ]/;
const QUOTED = /'[^'\n]*'|"[^"\n]*"/g;
const HIDDEN_FAILURE =
  'what fails before && is not told where more lines follow: put each command on a line of its own';

/** The blocks that hold commands, in order, and what is wrong with how they stand there. */
export function commandBlocks(document: MarkdownDocument): { blocks: CommandBlock[]; problems: Problem[] } {
  const { path } = document;
  const blocks: CommandBlock[] = [];
  const problems: Problem[] = [];
  const marks = new Set<number>();
  for (const { line, language, text, comment } of document.fences) {
    if (language === '') {
      problems.push({ path, line, message: 'the block names no language: sh is run, text is not' });
      continue;
    }
    if (!SHELL.has(language.toLowerCase())) continue;
    if (language !== 'sh') problems.push({ path, line, message: `the block is "${language}": commands are "sh"` });
    if (comment && MARK_LIKE.test(comment.text)) marks.add(comment.line);
    const treatment = comment ? treatmentOf(comment.text) : ({ kind: 'run' } as const);
    if (typeof treatment === 'string') {
      problems.push({ path, line: comment?.line ?? line, message: treatment });
      continue;
    }
    const placeholder = treatment.kind === 'not-run' ? undefined : PLACEHOLDER.exec(withoutComments(text))?.[0];
    if (placeholder !== undefined) {
      const message = `${placeholder} stands for something the reader has to put there, so the block cannot be run and needs "<!-- not run: REASON -->"`;
      problems.push({ path, line, message });
      continue;
    }
    if (treatment.kind === 'run') {
      for (const at of hiddenFailures(text)) problems.push({ path, line: line + at, message: HIDDEN_FAILURE });
    }
    blocks.push({ path, line, text, treatment });
  }
  for (const { line, text } of document.comments) {
    if (MARK_LIKE.test(text) && !marks.has(line)) {
      problems.push({ path, line, message: 'this mark stands above no block of commands' });
    }
  }
  return { blocks, problems };
}

/** What is wrong with the mark, in words, or what it says. */
function treatmentOf(comment: string): Treatment | string {
  const [, name = '', number, rest = ''] = /^(not run|stays up until|ends with (\d+)):(.*)$/.exec(comment) ?? [];
  const said = rest.trim();
  if (name === '') {
    return MARK_LIKE.test(comment)
      ? `"${comment}" is no mark: there are "not run: REASON", "stays up until: WORDS" and "ends with N: REASON"`
      : { kind: 'run' };
  }
  if (said === '') return `"${name}" needs ${name.startsWith('stays') ? 'the words to wait for' : 'a reason'}`;
  if (name === 'not run') return { kind: 'not-run', reason: said };
  if (number === undefined) return { kind: 'stays-up', words: said };
  return { kind: 'ends-with', status: Number(number), reason: said };
}

/** Lines, from 1, of which a shell does not tell that the command before `&&` failed: all but the block's last. */
function hiddenFailures(text: string): number[] {
  const lines = withoutComments(text).replaceAll(QUOTED, '').trimEnd().split('\n');
  const isHidden = (line: string, index: number) =>
    line.includes('&&') && index < lines.length - 1 && !/^\s*(?:if|elif|while|until)\b/.test(line);
  return lines.flatMap((line, index) => (isHidden(line, index) ? [index + 1] : []));
}

function withoutComments(text: string): string {
  return text.replaceAll(/(^|\s)#(?!!).*$/gm, '$1');
}
