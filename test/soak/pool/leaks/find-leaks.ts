import { Chance } from '../../../property/fuzz/chance.js';
import { eventually } from '../../../support/ask.js';
import { memoryInUse } from '../../../support/memory-in-use.js';
import { anyCall } from './calls.js';
import { LeakStage } from './leak-stage.js';
import { collectionsOf, leftOver } from './left-over.js';
import { visit } from './visit.js';

export interface LeakOptions {
  requests: number;
  seed: number;
  /** Told how far it is. */
  tell?: (text: string) => void;
}

export interface LeakResult {
  requests: number;
  seed: number;
  /** How requests ended: for their clients, by status. */
  ends: Record<string, number>;
  /** What is left of them. */
  left: Record<string, number>;
  problems: string[];
}

const CLIENTS = 40;
/** Before what grows is measured: whatever has a limit is to be as full as it gets. */
const WARM_UP_SHARE = 0.4;
/** Entries of a list, set or table: more are one for so many requests. */
const REQUESTS_PER_ENTRY = 40;
const LEAST_GROWTH = 25;
/** Bytes a request may leave, and what comes and goes anyway. */
const BYTES_PER_REQUEST = 400;
const NOISE_BYTES = 4 * 1024 * 1024;
const REFRESH_EVERY = 50;

interface State {
  bytes: number;
  timers: number;
  collections: ReadonlyMap<string, number>;
}

/** Sends requests that end in every possible way, many at the same time, and looks what is left of them. */
export async function findLeaks({ requests, seed, tell = () => undefined }: LeakOptions): Promise<LeakResult> {
  const stage = await LeakStage.open(seed);
  const ends = new Map<string, number>();
  const problems: string[] = [];
  const warned = (warning: Error) => void problems.push(`a warning: ${warning.message}`);
  process.on('warning', warned);
  try {
    const warmUp = Math.round(requests * WARM_UP_SHARE);
    await send(stage, 0, warmUp, seed, ends);
    const before = await quiet(stage, problems);
    tell(`leaks: ${warmUp} of ${requests} requests`);
    await send(stage, warmUp, requests, seed, ends);
    const after = await quiet(stage, problems);
    const left: Record<string, number> = {
      ...(await leftOver(stage.gateway)),
      'answers upstream has not ended': stage.openAnswers,
      'connections of clients': await stage.clients(),
    };
    for (const [what, count] of Object.entries(left)) if (count !== 0) problems.push(`${what}: ${count}`);
    problems.push(...growth(before, after, requests - warmUp));
    const idle = stage.openSockets;
    const open = await stage.close();
    if (open > 0) problems.push(`${open} connections upstream after the gateway's end`);
    const grown = {
      'bytes of heap more than before': after.bytes - before.bytes,
      'timers more than before': after.timers - before.timers,
      'entries of lists and tables more than before': entriesIn(after) - entriesIn(before),
    };
    return {
      ...{ requests, seed, problems },
      ends: Object.fromEntries([...ends].sort()),
      left: { ...left, 'idle connections upstream': idle, 'connections upstream after the end': open, ...grown },
    };
  } catch (error) {
    await stage.close();
    throw error;
  } finally {
    process.off('warning', warned);
  }
}

/** Requests of these numbers, so many at the same time; each is the same each time. */
async function send(stage: LeakStage, from: number, to: number, seed: number, ends: Map<string, number>) {
  const usual = new Map<string, number>();
  let next = from;
  const beClient = async () => {
    for (let number = next++; number < to; number = next++) {
      const chance = new Chance(seed, number);
      if (number % REFRESH_EVERY === 0) await stage.refresh();
      const { kind, call } = anyCall(chance);
      const { end, status, length } = await visit(stage.url, call, usual.get(kind) ?? 1_000, chance);
      if (end === 'whole' && status === 200) usual.set(kind, length);
      const name = status === undefined ? end : `${end}, ${status}`;
      ends.set(name, (ends.get(name) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, beClient));
}

/** Waits until all that was begun has ended. */
async function quiet(stage: LeakStage, problems: string[]): Promise<State> {
  await stage.refresh();
  const isQuiet = async () => {
    const left = Object.values(await leftOver(stage.gateway)).reduce((sum, count) => sum + count, 0);
    return left + stage.openAnswers + (await stage.clients()) === 0;
  };
  await eventually(isQuiet).catch(() => problems.push('not quiet ten seconds after the last request'));
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  return { bytes: memoryInUse(), timers, collections: collectionsOf(stage.gateway) };
}

function growth(before: State, after: State, requests: number): string[] {
  const problems: string[] = [];
  const most = Math.max(LEAST_GROWTH, requests / REQUESTS_PER_ENTRY);
  // What only moved to another place has not grown.
  if (entriesIn(after) - entriesIn(before) > most) {
    for (const [path, size] of after.collections) {
      const grown = size - (before.collections.get(path) ?? 0);
      if (grown > most) problems.push(`${path} has grown by ${grown} entries to ${size}`);
    }
  }
  if (after.timers - before.timers > most) problems.push(`${after.timers - before.timers} timers more`);
  const bytes = after.bytes - before.bytes;
  if (bytes > NOISE_BYTES + BYTES_PER_REQUEST * requests) problems.push(`${bytes} bytes more are held`);
  return problems;
}

function entriesIn({ collections }: State): number {
  return Array.from(collections.values()).reduce((sum, size) => sum + size, 0);
}
