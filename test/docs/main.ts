import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkLinks } from './check-links.js';
import { type CommandBlock, commandBlocks, type Problem } from './command-blocks.js';
import { readCommandLine, usage } from './command-line.js';
import { findDocuments, holdsCommands } from './find-documents.js';
import { readDocument } from './read-document.js';
import type { BlockResult } from './run-session.js';
import { Stage } from './stage.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Chosen {
  path: string;
  blocks: CommandBlock[];
  problems: Problem[];
}

/** The documents with what is to be run and what is wrong before anything is. @throws for a file that there is not */
function chooseDocuments(files: readonly string[]): Chosen[] {
  const documents = findDocuments(root);
  const paths = files.length > 0 ? files.map((file) => toProjectPath(file)) : [...documents.keys()];
  return paths.map((path) => {
    const document = documents.get(path) ?? readDocument(path, readFileSync(resolve(root, path), 'utf8'));
    const links = checkLinks(document, documents, (name) => existsSync(join(root, name)));
    if (files.length === 0 && !holdsCommands(path)) return { path, blocks: [], problems: links };
    const { blocks, problems } = commandBlocks(document);
    return { path, blocks, problems: [...problems, ...links] };
  });
}

function toProjectPath(file: string): string {
  return relative(root, resolve(file)).replaceAll('\\', '/');
}

/** A translation has the same commands; once is enough. */
function withoutRepeated(chosen: readonly Chosen[]): Chosen[] {
  const seen = new Set<string>();
  return chosen.filter(({ blocks }) => {
    const commands = blocks.map(({ text, treatment }) => `${treatment.kind}\n${text}`).join('\n');
    const isNew = commands !== '' && !seen.has(commands);
    seen.add(commands);
    return isNew;
  });
}

async function runAll(chosen: readonly Chosen[], keep: boolean, tell: (line: string) => void): Promise<BlockResult[]> {
  const results: BlockResult[] = [];
  const add = (result: BlockResult) => {
    results.push(result);
    tell(lineOf(result));
  };
  let stage: Stage | undefined;
  for (const { path, blocks } of withoutRepeated(chosen)) {
    if (blocks.some(({ treatment }) => treatment.kind !== 'not-run')) {
      stage ??= new Stage(root, keep);
      await stage.run(path, blocks, add);
    } else {
      for (const { treatment, ...block } of blocks) {
        const reason = treatment.kind === 'not-run' ? treatment.reason : '';
        add({ block: { ...block, treatment }, outcome: 'not-run', reason, output: '' });
      }
    }
  }
  if (stage && keep) tell(`kept in ${stage.folder}`);
  return results;
}

function lineOf({ block, outcome, reason, output }: BlockResult): string {
  const place = `${block.path}:${block.line}`;
  switch (outcome) {
    case 'passed':
      return `ok      ${place}`;
    case 'not-run':
      return `-       ${place} not run: ${reason}`;
    case 'not-reached':
      return `FAILED  ${place} was not reached`;
    case 'failed':
      return `FAILED  ${place} ${reason}\n${`${block.text}\n\n${output}`.trimEnd().replaceAll(/^/gm, '          ')}`;
    default:
      return outcome satisfies never;
  }
}

async function main(): Promise<void> {
  const { files, check, keep, json, help } = readOptions();
  if (help) {
    process.stdout.write(usage);
    return;
  }
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.once(signal, () => process.exit(code));
  }
  const tell = (line: string) => void (json ? process.stderr : process.stdout).write(`${line}\n`);
  const startedAt = Date.now();
  const chosen = chooseDocuments(files);
  const problems = chosen.flatMap((document) => document.problems);
  for (const { path, line, message } of problems) tell(`WRONG   ${path}:${line} ${message}`);
  const results = check ? [] : await runAll(chosen, keep, tell);
  const count = (...outcomes: BlockResult['outcome'][]) =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const totals = {
    documents: chosen.length,
    passed: count('passed'),
    failed: count('failed', 'not-reached'),
    notRun: count('not-run'),
    problems: problems.length,
  };
  if (json) {
    const blocks = results.map(({ block, ...result }) => ({ path: block.path, line: block.line, ...result }));
    process.stdout.write(`${JSON.stringify({ ...totals, wrong: problems, blocks }, null, 2)}\n`);
  }
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  tell(
    `${totals.documents} documents: ${totals.passed} blocks passed, ${totals.failed} failed, ${totals.notRun} marked as not run, ${totals.problems} problems in marks and links (${seconds} s)`,
  );
  process.exitCode = totals.failed + totals.problems === 0 ? 0 : 1;
}

function readOptions() {
  try {
    return readCommandLine(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

main().catch((error: Error) => {
  process.stderr.write(`The documents could not be tested. ${error.stack ?? error.message}\n`);
  process.exit(1);
});
