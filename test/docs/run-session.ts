import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { CommandBlock } from './command-blocks.js';
import { sessionScript } from './session-script.js';

export interface SessionOptions {
  /** For scripts and what they print; made when it is not there. */
  folder: string;
  /** Where the first block begins. */
  workFolder: string;
  environment: Record<string, string | undefined>;
  /** What stands in a block → what is put there. */
  replacements?: ReadonlyMap<string, string>;
  /** How long one block may take. */
  longestBlockMs?: number;
  /** Gets everything a block has printed so far, from time to time. */
  onOutput?: (text: string) => void;
  onResult?: (result: BlockResult) => void;
}

export interface BlockResult {
  block: CommandBlock;
  outcome: 'passed' | 'failed' | 'not-run' | 'not-reached';
  /** Why it failed, or is not run. */
  reason?: string;
  /** The end of what it printed. */
  output: string;
}

const POLL_MS = 50;
const LONGEST_BLOCK_MS = 300_000;
const SHOWN_CHARACTERS = 4_000;

/** Runs the blocks of one document in one shell; after one that fails the rest is not reached. */
export async function runSession(blocks: readonly CommandBlock[], options: SessionOptions): Promise<BlockResult[]> {
  const { folder, onResult = () => undefined } = options;
  mkdirSync(folder, { recursive: true });
  for (const [number, { text }] of blocks.entries()) {
    writeFileSync(join(folder, `${number}.sh`), `${replaced(text, options.replacements)}\n`);
  }
  writeFileSync(join(folder, 'session.sh'), sessionScript(blocks));
  writeFileSync(join(folder, 'progress'), '');
  const child = spawn('bash', [join(folder, 'session.sh')], {
    cwd: options.workFolder,
    env: { ...options.environment, DOCS_SESSION: folder },
    // A group of its own, so that what a block leaves behind is ended with it.
    detached: true,
    stdio: 'ignore',
  });
  const endGroup = () => signalGroup(child);
  process.once('exit', endGroup);
  const watch = new Watch(blocks, options);
  const exited = once(child, 'exit');
  try {
    let running = true;
    void exited.then(() => {
      running = false;
    });
    while (running) {
      await Promise.race([exited, wait(POLL_MS)]);
      for (const result of watch.look(!running)) onResult(result);
      if (watch.tooLong) endGroup();
    }
    for (const result of watch.look(true)) onResult(result);
    return watch.results;
  } finally {
    process.off('exit', endGroup);
    endGroup();
  }
}

/** What the shell has done so far. */
class Watch {
  readonly results: BlockResult[] = [];
  tooLong = false;
  private begun = { number: -1, at: Date.now() };

  constructor(
    private readonly blocks: readonly CommandBlock[],
    private readonly options: SessionOptions,
  ) {}

  /** The results that are new. */
  look(ended: boolean): BlockResult[] {
    const known = this.results.length;
    const progress = this.read('progress').split('\n').filter(Boolean);
    const last = Number(progress.findLast((line) => line.startsWith('begin'))?.split(' ')[1] ?? -1);
    if (last !== this.begun.number) this.begun = { number: last, at: Date.now() };
    if (last >= 0) this.options.onOutput?.(this.read(`${last}.out`));
    this.tooLong = Date.now() - this.begun.at > (this.options.longestBlockMs ?? LONGEST_BLOCK_MS);
    for (let number = known; number < this.blocks.length; number += 1) {
      const result = this.resultOf(number, progress, ended);
      if (!result) break;
      this.results.push(result);
    }
    return this.results.slice(known);
  }

  private resultOf(number: number, progress: readonly string[], ended: boolean): BlockResult | undefined {
    const block = this.blocks[number];
    if (!block) return undefined;
    if (block.treatment.kind === 'not-run') {
      return { block, outcome: 'not-run', reason: block.treatment.reason, output: '' };
    }
    if (progress.includes(`end ${number}`)) {
      return { block, outcome: 'passed', output: this.read(`${number}.out`) };
    }
    if (!ended) return undefined;
    if (!progress.includes(`begin ${number}`)) return { block, outcome: 'not-reached', output: '' };
    const failure = progress.findLast((line) => line.startsWith(`failed ${number} `));
    const output = this.read(`${number}.out`).slice(-SHOWN_CHARACTERS);
    return { block, outcome: 'failed', reason: this.whyFailed(block, failure), output };
  }

  private whyFailed(block: CommandBlock, failure: string | undefined): string {
    if (this.tooLong) return 'it took too long';
    if (failure === undefined) return 'it ended the shell';
    const [, status = '', line = ''] = /^failed \d+ (\d+) (\d+)$/.exec(failure) ?? [];
    if (status === '') return failure.replace(/^failed \d+ /, '');
    // A list of commands at the end of the block is told with the line that runs the block.
    if (Number(line) > block.text.split('\n').length) return `it ended with ${status}`;
    return `line ${block.line + Number(line)} ended with ${status}`;
  }

  private read(name: string): string {
    try {
      return readFileSync(join(this.options.folder, name), 'utf8');
    } catch {
      return '';
    }
  }
}

function replaced(text: string, replacements: ReadonlyMap<string, string> = new Map()): string {
  return Array.from(replacements).reduce((result, [from, to]) => result.replaceAll(from, to), text);
}

function signalGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
