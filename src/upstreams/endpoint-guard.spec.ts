import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../platform/config/configuration.js';
import { EndpointGuard, isServiceHost } from './endpoint-guard.js';
import { UpstreamHttp } from './upstream-http.js';

let server: Server;
let port: number;
let requests: number;
let connections: number;
let http: UpstreamHttp | undefined;
let resolved: string[];

beforeEach(async () => {
  requests = 0;
  connections = 0;
  resolved = [];
  server = createServer((request, response) => {
    requests++;
    if (request.url === '/moved') response.writeHead(307, { location: `http://localhost:${port}/` });
    response.end('answered');
  });
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  await http?.onApplicationShutdown();
  server.close();
});

/** @param names what the name server says */
function open(environment: Record<string, string>, names: Record<string, string[]> = {}): EndpointGuard {
  const guard = new EndpointGuard(readConfiguration(environment));
  guard.resolve = async (hostname) => {
    resolved.push(hostname);
    return names[hostname] ?? [];
  };
  http = new UpstreamHttp(guard);
  return guard;
}

async function ask(host: string, path = '/'): Promise<number> {
  if (!http) throw new Error('nothing is open');
  const response = await http.dispatcher.request({ origin: `http://${host}:${port}`, path, method: 'GET' });
  await response.body.dump();
  return response.statusCode;
}

describe('UpstreamHttp', () => {
  it.each(['127.0.0.1', '[::ffff:127.0.0.1]', '0.0.0.0'])(
    'connects to no address of this machine: %s',
    async (host) => {
      open({});
      await expect(ask(host)).rejects.toThrow('the address is not allowed');
      expect(connections).toBe(0);
    },
  );

  it('connects to no name that leads inside, were it one address of several', async () => {
    open({}, { 'inside.test': ['127.0.0.1'], 'both.test': ['8.8.8.8', '10.0.0.1'] });
    await expect(ask('inside.test')).rejects.toThrow('the address is not allowed');
    await expect(ask('both.test')).rejects.toThrow('the address is not allowed');
    expect(connections).toBe(0);
  });

  it('asks the name server itself, not what this machine makes of a name', async () => {
    open({}, {});
    await expect(ask('localhost')).rejects.toThrow();
    expect(resolved).toEqual(['localhost']);
    expect(connections).toBe(0);
  });

  it('connects to a public address and keeps the connection', async () => {
    const guard = open({}, { 'models.test': ['127.0.0.1'] });
    guard.allowsAddress = () => true;
    for (let asked = 0; asked < 20; asked++) expect(await ask('models.test')).toBe(200);
    // One may still be busy with its last answer when the next is asked for.
    expect(connections).toBeLessThanOrEqual(2);
    expect(resolved).toHaveLength(connections);
  });

  it('does not believe a name server that changes its mind between two connections', async () => {
    const names = { 'models.test': ['127.0.0.1'] };
    const guard = open({}, names);
    guard.allowsAddress = (address) => address === '127.0.0.1';
    expect(await ask('models.test')).toBe(200);
    await http?.onApplicationShutdown();
    http = new UpstreamHttp(guard);
    names['models.test'] = ['10.0.0.1'];
    await expect(ask('models.test')).rejects.toThrow('the address is not allowed');
  });

  it('connects anywhere when that is allowed', async () => {
    open({ ALLOW_PRIVATE_ENDPOINTS: 'true' });
    expect(await ask('127.0.0.1')).toBe(200);
    expect(resolved).toEqual([]);
  });

  it('connects to what the settings name, by host and port', async () => {
    open({ AMAZONQ_API_ENDPOINT: `http://127.0.0.1:${port}/`, AMAZONQ_TOKEN_ENDPOINT: 'http://[::1]:9/token' });
    expect(await ask('127.0.0.1')).toBe(200);
    await expect(ask('127.0.0.2')).rejects.toThrow('the address is not allowed');
  });

  it('follows no redirect', async () => {
    open({ AMAZONQ_API_ENDPOINT: `http://127.0.0.1:${port}/` });
    expect(await ask('127.0.0.1', '/moved')).toBe(307);
    expect(requests).toBe(1);
  });
});

describe('isServiceHost', () => {
  it.each([
    ['https:', 'q.us-east-1.amazonaws.com', true],
    ['https:', 'oidc.eu-central-1.amazonaws.com', true],
    ['http:', 'q.us-east-1.amazonaws.com', false],
    ['https:', 'ec2-10-0-0-1.compute-1.amazonaws.com', false],
    ['https:', 'internal-x.us-east-1.elb.amazonaws.com', false],
    ['https:', 'q.us-east-1.amazonaws.com.example.com', false],
    ['https:', 'a.q.us-east-1.amazonaws.com', false],
  ])('knows %s//%s: %s', (protocol, hostname, expected) => {
    expect(isServiceHost(protocol, hostname)).toBe(expected);
  });
});
