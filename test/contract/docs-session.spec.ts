import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CommandBlock, commandBlocks } from '../docs/command-blocks.js';
import { readDocument } from '../docs/read-document.js';
import { type BlockResult, runSession, type SessionOptions } from '../docs/run-session.js';

describe('the blocks of a document', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'amq-docs-session-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (source: string, options: Partial<SessionOptions> = {}): Promise<BlockResult[]> =>
    runSession(blocksOf(source), {
      folder: join(folder, 'session'),
      workFolder: folder,
      environment: { PATH: process.env.PATH },
      ...options,
    });
  const outcomes = (results: readonly BlockResult[]) =>
    results.map(({ outcome, reason }) => (reason === undefined ? outcome : `${outcome}: ${reason}`));

  it('run in one shell, one after the other', async () => {
    const results = await run(document(['mkdir a\ncd a\nexport NAME=x'], ['echo "$NAME in $(basename "$PWD")"']));
    expect(outcomes(results)).toEqual(['passed', 'passed']);
    expect(results[1]?.output).toBe('x in a\n');
  });

  it('fail with the first command that fails, and the rest is not reached', async () => {
    const results = await run(document(['echo before\nls /nowhere-at-all\necho after'], ['true']));
    expect(outcomes(results)).toEqual(['failed: line 5 ended with 2', 'not-reached']);
    expect(results[0]?.output).toMatch(/^before\nls: .*\n$/);
  });

  it.each([
    ['in a pipe', 'false | cat', 'line 4 ended with 1'],
    ['in a function', 'f() { false; }\nf', 'line 4 ended with 1'],
    ['whose output is taken by another', 'export NAME=$(false)\ntrue', 'line 4 ended with 1'],
    ['whose output is an argument', 'echo "$(ls /nowhere-at-all)"', 'line 4 ended with 2'],
    ['at the end, before &&', 'true\nfalse && true', 'it ended with 1'],
    ['that is not there', 'no-such-program-at-all', 'line 4 ended with 127'],
    ['and ends the shell', 'exit 0', 'it ended the shell'],
    ['by its grammar', 'echo "', expect.anything()],
  ])('fail with a command %s', async (_what, text, reason) => {
    const [result] = await run(document([text]));
    expect(result).toMatchObject({ outcome: 'failed', reason });
  });

  it('do not fail with what they expect to fail', async () => {
    const source = document([
      'NAME=$(false) || NAME=x\nif [ "$(false)" = "" ]; then echo "$NAME"; fi\n! grep a </dev/null',
    ]);
    expect(outcomes(await run(source))).toEqual(['passed']);
  });

  it('are told with their reason when they are not run', async () => {
    const results = await run(document(['exit 1', 'not run: needs a browser'], ['true']));
    expect(outcomes(results)).toEqual(['not-run: needs a browser', 'passed']);
  });

  it('may end as their mark says', async () => {
    const source = document(['echo no\n(exit 3)', 'ends with 3: shows the status'], ['false || true']);
    expect(outcomes(await run(source))).toEqual(['passed', 'passed']);
  });

  it('fail when they end otherwise', async () => {
    const results = await run(document(['true', 'ends with 3: shows the status'], ['true']));
    expect(outcomes(results)).toEqual(['failed: it ended with 0', 'not-reached']);
  });

  it('that stay up are ended when they have printed the words', async () => {
    const source = document(
      ['echo begun\necho "it is there"\nexec sleep 1000', 'stays up until: it is there'],
      ['echo next'],
    );
    const results = await run(source);
    expect(outcomes(results)).toEqual(['passed', 'passed']);
  });

  it('that stay up fail when they end before', async () => {
    const [result] = await run(document(['echo something else', 'stays up until: it is there']));
    expect(result).toMatchObject({ outcome: 'failed', reason: 'it ended before it printed the words' });
  });

  it('are ended when they take too long', async () => {
    const [result] = await run(document(['sleep 1000']), { longestBlockMs: 300 });
    expect(result).toMatchObject({ outcome: 'failed', reason: 'it took too long' });
  });

  it('have put in what the page cannot know', async () => {
    const replacements = new Map([['localhost:8080', 'localhost:1234']]);
    const [result] = await run(document(['echo http://localhost:8080/health']), { replacements });
    expect(result?.output).toBe('http://localhost:1234/health\n');
  });

  it('leave nothing that runs', async () => {
    const [result] = await run(document(['sleep 1000 &\necho $!']));
    const left = Number(result?.output);
    expect(left).toBeGreaterThan(1);
    expect(await isGone(left)).toBe(true);
  });
});

/** @param blocks each a text and perhaps the mark above it */
function document(...blocks: [text: string, mark?: string][]): string {
  return `# Page\n${blocks.map(([text, mark]) => `${mark ? `<!-- ${mark} -->` : ''}\n\`\`\`sh\n${text}\n\`\`\`\n`).join('')}`;
}

function blocksOf(source: string): CommandBlock[] {
  const { blocks, problems } = commandBlocks(readDocument('docs/x.md', source));
  expect(problems).toEqual([]);
  return blocks;
}

async function isGone(pid: number): Promise<boolean> {
  const deadline = Date.now() + 5_000;
  while (Date.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
