import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ServiceFolder } from '../support/service-process.js';

let folder: ServiceFolder;
let silent: Server;
const sockets = new Set<Socket>();

beforeEach(async () => {
  folder = await ServiceFolder.create();
  silent = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterEach(async () => {
  silent.close();
  for (const socket of sockets) socket.destroy();
  await folder.remove();
});

/** Loaded before the service: prints a line once somebody listens for SIGTERM. Node's own handler, until then, is not told. */
const HEARING = `process.on('newListener', (name) => name === 'SIGTERM' && setImmediate(() => console.log('it hears')))`;

/** A database that accepts connections and never says a word. */
const databaseThatIsSilent = () => ({
  DATABASE_URL: `postgres://127.0.0.1:${(silent.address() as AddressInfo).port}/amq`,
  ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
});

it('hears SIGTERM before it has loaded the service, and ends with 0', async () => {
  const service = folder.run({ NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(HEARING)}"` });
  await service.saw('it hears');
  expect(service.printed()).toBe('it hears\n');
  service.child.kill('SIGTERM');
  expect(await service.exited).toBe(0);
});

it('ends a start that hangs when it is told twice', async () => {
  const service = folder.run(databaseThatIsSilent());
  await once(silent, 'connection');
  const asking = setInterval(() => service.child.kill('SIGTERM'), 50);
  expect(await service.exited).toBe(0);
  clearInterval(asking);
});
