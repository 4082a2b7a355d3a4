/** A fenced block of a Markdown document. */
export interface Fence {
  /** Of its opening line, from 1. */
  line: number;
  /** What stands behind the opening fence, such as `sh`; empty when nothing does. */
  language: string;
  text: string;
  /** What stands in the HTML comment directly above it. */
  comment: { line: number; text: string } | undefined;
}

export interface Link {
  line: number;
  target: string;
}

export interface MarkdownDocument {
  /** Relative to the project, with `/`. */
  path: string;
  fences: readonly Fence[];
  links: readonly Link[];
  /** What a link may have behind its `#`. */
  anchors: ReadonlySet<string>;
  /** One-line HTML comments, in order. */
  comments: readonly { line: number; text: string }[];
}

const FENCE = /^(\s*)(`{3,}|~{3,})\s*([^\s`]*)/;
const QUOTED_FENCE = /^\s*(?:>\s*)+(?:`{3,}|~{3,})/;
const COMMENT = /^\s*<!--\s*(.*?)\s*-->\s*$/;
const HEADING = /^#{1,6}\s+(.*?)\s*#*$/;
/** `[text](target)`, `[name]: target`, and what HTML has for both. */
const LINKS = [
  /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g,
  /^\s*\[[^\]]+\]:\s+(\S+)/g,
  /\b(?:href|src|srcset)="([^"]+)"/g,
];

/** @throws when a fence is not closed, or stands in a quotation */
export function readDocument(path: string, source: string): MarkdownDocument {
  const lines = source.split(/\r?\n/);
  const fences: Fence[] = [];
  const links: Link[] = [];
  const comments: { line: number; text: string }[] = [];
  const anchors = new Anchors();
  let above: { line: number; text: string } | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const opening = FENCE.exec(line);
    if (opening) {
      const end = closingLine(lines, index, opening[2] ?? '');
      if (end < 0) throw new Error(`${path}:${index + 1}: this block has no end`);
      const text = withoutIndent(lines.slice(index + 1, end), opening[1]?.length ?? 0);
      fences.push({ line: index + 1, language: opening[3] ?? '', text, comment: above });
      above = undefined;
      index = end;
      continue;
    }
    if (QUOTED_FENCE.test(line))
      throw new Error(`${path}:${index + 1}: a block in a quotation is not read; put it outside`);
    const comment = COMMENT.exec(line)?.[1];
    if (comment !== undefined) {
      above = { line: index + 1, text: comment };
      comments.push(above);
      continue;
    }
    if (line.trim() !== '') above = undefined;
    const heading = HEADING.exec(line)?.[1];
    if (heading !== undefined) anchors.addHeading(heading);
    anchors.addNamed(line);
    const prose = line.replaceAll(/(`+)(?:(?!\1).)+\1/g, '');
    for (const pattern of LINKS) {
      for (const [, target = ''] of prose.matchAll(pattern)) links.push({ line: index + 1, target });
    }
  }
  return { path, fences, links, anchors: anchors.names, comments };
}

function closingLine(lines: readonly string[], opening: number, fence: string): number {
  return lines.findIndex(
    (line, index) => index > opening && line.trimStart().startsWith(fence) && !/[^\s`~]/.test(line),
  );
}

/** A block in a list stands as far to the right as the list's text. */
function withoutIndent(lines: readonly string[], width: number): string {
  return lines.map((line) => line.replace(new RegExp(`^\\s{0,${width}}`), '')).join('\n');
}

/** The names that GitHub gives to headings. */
class Anchors {
  readonly names = new Set<string>();
  private readonly uses = new Map<string, number>();

  addHeading(heading: string): void {
    const text = heading.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/<[^>]+>/g, '');
    const name = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const earlier = this.uses.get(name) ?? 0;
    this.uses.set(name, earlier + 1);
    this.names.add(earlier === 0 ? name : `${name}-${earlier}`);
  }

  addNamed(line: string): void {
    for (const [, name = ''] of line.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) this.names.add(name);
  }
}
