import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chance } from '../../../property/fuzz/chance.js';

/** How a request ended, from its client's side. */
export type End = 'whole' | 'cut' | 'half-closed' | 'left sending' | 'left waiting' | 'left reading';

export interface Call {
  /** Request line and headers. */
  head: readonly string[];
  body: string;
}

export interface Visit {
  end: End;
  /** Undefined: nothing came. */
  status?: number;
  /** Bytes of the answer. */
  length: number;
}

const LONGEST_WAIT_MS = 60;
/** Whatever happens, an answer has ended by then. */
const PATIENCE_MS = 20_000;

/**
 * One request on a connection of its own. Every other client leaves before the end: at any byte of what it sends, while
 * it waits, or at any byte of what it gets; some politely, some with a reset. Some of the others say that they have no
 * more to send.
 * @param usualLength of answers to such a request, bytes
 */
export async function visit(url: URL, call: Call, usualLength: number, chance: Chance): Promise<Visit> {
  const bytes = bytesOf(call);
  const plan = chance.of(['stay', 'stay', 'half-closed', 'left sending', 'left waiting', 'left reading'] as const);
  const leaveAt = plan === 'left reading' ? 1 + chance.below(usualLength) : Number.POSITIVE_INFINITY;
  const isPolite = !chance.oneIn(3);
  const socket = connect(Number(url.port), url.hostname);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no end')));
  try {
    await opened(socket);
    if (plan === 'left sending') {
      socket.write(bytes.subarray(0, chance.below(bytes.length)));
      await delay(chance.below(5));
      return { end: plan, length: 0 };
    }
    socket.write(bytes);
    if (plan === 'half-closed') socket.end();
    if (plan === 'left waiting') {
      await delay(chance.below(LONGEST_WAIT_MS));
      return { end: plan, length: 0 };
    }
    const visit = await read(socket, leaveAt);
    // The server takes that for a hang-up, as Node's does.
    return plan === 'half-closed' ? { ...visit, end: plan } : visit;
  } finally {
    if (isPolite) socket.destroy();
    else socket.resetAndDestroy();
  }
}

async function read(socket: Socket, leaveAt: number): Promise<Visit> {
  const chunks: Buffer[] = [];
  let length = 0;
  const answer = () => {
    const text = Buffer.concat(chunks).toString('latin1');
    return { text, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]) || undefined, length };
  };
  try {
    for await (const chunk of socket) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= leaveAt) return { end: 'left reading', status: answer().status, length };
    }
  } catch (error) {
    if (error instanceof Error && error.message === 'no end') throw error;
  }
  const { text, status } = answer();
  return { end: isWhole(text) ? 'whole' : 'cut', status, length };
}

/** By what it says of its own length. */
function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  const head = text.slice(0, headEnd).toLowerCase();
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  if (length !== undefined) return text.length === headEnd + 4 + Number(length);
  return headEnd > 0 && text.endsWith('0\r\n\r\n');
}

function opened(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve()).once('error', reject);
  });
}

function bytesOf({ head, body }: Call): Buffer {
  const bytes = Buffer.from(body);
  const lines = [...head, `content-length: ${bytes.length}`, 'connection: close', '', ''];
  return Buffer.concat([Buffer.from(lines.join('\r\n')), bytes]);
}
