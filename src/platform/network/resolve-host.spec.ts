import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { resolveHost } from './resolve-host.js';

const A = 1;
const AAAA = 28;
const never = new AbortController().signal;

let server: Socket;
let servers: string[];
/** Bytes of an address by the kind that is asked for; undefined: the server says nothing. */
let answers: ((kind: number) => Buffer[]) | undefined;
let asked: Promise<unknown>;

beforeEach(async () => {
  server = createSocket('udp4');
  server.on('message', (query, { port }) => {
    if (answers) server.send(answerTo(query, answers), port, '127.0.0.1');
  });
  asked = once(server, 'message');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  servers = [`127.0.0.1:${server.address().port}`];
});
afterEach(() => {
  server.close();
});

/** The query again with answers behind it (RFC 1035 §4); without any, "no such name". */
function answerTo(query: Buffer, addressesOf: (kind: number) => Buffer[]): Buffer {
  const nameEnd = query.indexOf(0, 12) + 1;
  const addresses = addressesOf(query.readUInt16BE(nameEnd));
  const head = Buffer.from(query.subarray(0, nameEnd + 4));
  head.writeUInt16BE(addresses.length > 0 ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt16BE(0, 10);
  const records = addresses.map((address) =>
    Buffer.concat([
      Buffer.from([0xc0, 12]),
      query.subarray(nameEnd, nameEnd + 4),
      Buffer.from([0, 0, 0, 60, 0, address.length]),
      address,
    ]),
  );
  return Buffer.concat([head, ...records]);
}

describe('resolveHost', () => {
  it('tells the addresses of both kinds', async () => {
    answers = (kind) =>
      kind === A ? [Buffer.from([8, 8, 8, 8]), Buffer.from([10, 0, 0, 1])] : [Buffer.alloc(16, 0x20)];
    const addresses = await resolveHost('files.test', never, servers);
    expect([...addresses].sort()).toEqual(['10.0.0.1', '2020:2020:2020:2020:2020:2020:2020:2020', '8.8.8.8']);
  });

  it('is content with one kind', async () => {
    answers = (kind) => (kind === AAAA ? [Buffer.alloc(16, 0x20)] : []);
    expect(await resolveHost('files.test', never, servers)).toHaveLength(1);
  });

  it('fails when there is none', async () => {
    answers = () => [];
    await expect(resolveHost('files.test', never, servers)).rejects.toThrow('no address');
  });

  it('gives up a name server that says nothing when it is told to', async () => {
    answers = undefined;
    const gone = new AbortController();
    const began = performance.now();
    const resolving = resolveHost('files.test', gone.signal, servers);
    await asked;
    gone.abort();
    await expect(resolving).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(1_900);
  });
});
