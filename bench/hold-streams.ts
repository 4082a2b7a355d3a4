import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from './load/connection.js';
import type { Route } from './load/route.js';
import { residentBytes } from './processes/process-figures.js';

export interface HeldStreams {
  /** Streams that ended with everything they should bring. */
  clean: number;
  /** How far resident memory rose, per stream. */
  bytesPerStream: number | undefined;
  failures: string[];
}

// Connections opened at once: fewer than the queue of a listening socket, so that no handshake is dropped.
const openedAtOnce = 100;
const sampleMilliseconds = 100;

/** Opens slow streams, all at the same time, and reads them to their ends. */
export async function holdStreams(route: Route, count: number, pid: number | undefined): Promise<HeldStreams> {
  const before = pid === undefined ? undefined : residentBytes(pid);
  const connections = await openAll(route.port, count);
  try {
    const peak = new AbortController();
    const sampling = pid === undefined ? undefined : highestMemory(pid, peak.signal);
    const failures: string[] = [];
    const asked = connections.map((connection) =>
      readOne(connection, route).catch((error: Error) => void failures.push(error.message)),
    );
    await Promise.all(asked);
    peak.abort();
    const most = await sampling;
    const bytesPerStream = before === undefined || most === undefined ? undefined : (most - before) / count;
    return { clean: count - failures.length, bytesPerStream, failures };
  } finally {
    for (const connection of connections) {
      connection.close();
    }
  }
}

async function openAll(port: number, count: number): Promise<Connection[]> {
  const connections: Connection[] = [];
  while (connections.length < count) {
    const batch = Math.min(openedAtOnce, count - connections.length);
    connections.push(...(await Promise.all(Array.from({ length: batch }, () => Connection.open(port)))));
  }
  return connections;
}

async function readOne(connection: Connection, route: Route): Promise<void> {
  const { status, body, bodyLength } = await connection.send(route.request, true);
  if (status !== 200 || !body || bodyLength !== route.bodyLength) {
    throw new Error(`status ${status} and ${bodyLength} bytes instead of ${route.bodyLength}`);
  }
  route.check(body);
}

async function highestMemory(pid: number, until: AbortSignal): Promise<number> {
  let highest = 0;
  while (!until.aborted) {
    highest = Math.max(highest, residentBytes(pid) ?? 0);
    await delay(sampleMilliseconds);
  }
  return highest;
}
