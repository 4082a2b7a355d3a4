import { connect, type Socket } from 'node:net';

/** An answer as it came over the socket, its chunks put together and nothing else done to it. */
export interface RawAnswer {
  status: number;
  /** Names in small letters. */
  headers: ReadonlyMap<string, string>;
  body: Buffer;
  /** The end of the body was there: not cut. */
  isWhole: boolean;
}

/** Sends one request, byte for byte, on a connection of its own and reads until the answer ends or is cut. */
export async function exchange(url: string, head: readonly string[], body: Uint8Array | string): Promise<RawAnswer> {
  const socket = await open(url);
  send(socket, head, body);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of socket) chunks.push(chunk as Buffer);
  } catch {
    // Reset: what came before counts.
  }
  return parse(Buffer.concat(chunks));
}

export async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** @param head request line and headers; length and end of connection are added */
export function send(socket: Socket, head: readonly string[], body: Uint8Array | string): void {
  const bytes = Buffer.from(body);
  const lines = [...head, `content-length: ${bytes.length}`, 'connection: close', '', ''];
  socket.write(Buffer.concat([Buffer.from(lines.join('\r\n')), bytes]));
}

export function parse(bytes: Buffer): RawAnswer {
  const headEnd = bytes.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const rest = bytes.subarray(headEnd + 4);
  const isChunked = headers.get('transfer-encoding') === 'chunked';
  const length = Number(headers.get('content-length') ?? 0);
  const body = isChunked ? unchunk(rest) : { body: rest, isWhole: rest.length === length };
  return { status: Number(statusLine.split(' ')[1]), headers, ...body };
}

function unchunk(bytes: Buffer): { body: Buffer; isWhole: boolean } {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = lineEnd === -1 ? Number.NaN : Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return { body: Buffer.concat(pieces), isWhole: size === 0 };
    pieces.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

/** Sends these bytes as they are and reads until the connection is closed. */
export async function sendBytes(url: string, bytes: Uint8Array | string): Promise<Buffer> {
  const socket = await open(url);
  socket.write(bytes);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of socket) chunks.push(chunk as Buffer);
  } catch {
    // Reset: what came before counts.
  }
  return Buffer.concat(chunks);
}
