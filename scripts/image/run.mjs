// Runs a built image like a container and looks at what it promises. `node run.mjs ROOT IMAGE.json`; needs root, and the
// simulator in dist/.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Container, configurationOf } from './container.mjs';

const [root, image] = process.argv.slice(2);
const configuration = configurationOf(image);
const KEY = 'amq_key-of-the-image-run';
/** Prints a line once somebody listens for SIGTERM. */
const HEARING = `process.on('newListener', (name) => name === 'SIGTERM' && setImmediate(() => console.log('it hears')))`;
const folders = [];
const running = new Set();
let failures = 0;

/** One line for each thing that was looked at. */
function look(what, ok, detail = '') {
  if (!ok) failures++;
  console.log(`${ok ? '✓' : '✗'} ${what}${detail && `: ${detail}`}`);
}
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

const simulator = spawn(process.execPath, ['dist/simulator/main.js', '--port', '0', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.once('exit', () => {
  simulator.kill();
  for (const container of running) container.kill();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143 }))
  process.once(signal, () => process.exit(status));
const upstream = JSON.parse(String((await once(simulator.stdout, 'data'))[0])).environment;

try {
  await asTheImageSays();
  await asAnyUser();
  await stoppedWhileItStarts();
  await alone();
} catch (error) {
  look('everything could be tried', false, error.stack);
}
console.log(failures ? `${failures} failed` : 'all as promised');
process.exit(failures ? 1 : 0);

async function start(options = {}) {
  const port = await freePort();
  const container = new Container(root, configuration, {
    data: options.data ?? volume(),
    ...options,
    environment: { ...upstream, ADMIN_API_KEY: KEY, PORT: String(port), ...options.environment },
  });
  running.add(container);
  container.exited.then(() => running.delete(container));
  return { container, url: `http://127.0.0.1:${port}` };
}

/** The image's HEALTHCHECK until it is content. @returns milliseconds since the start */
async function healthy(container) {
  const [kind, ...command] = configuration.Healthcheck.Test;
  if (kind !== 'CMD') throw new Error(`HEALTHCHECK is ${kind}: it needs a shell`);
  for (;;) {
    const { code, text } = await container.exec(command);
    if (code === 0) return performance.now() - container.startedAt;
    if (performance.now() - container.startedAt > 60_000) throw new Error(`Not healthy: ${text}\n${container.text}`);
    await delay(50);
  }
}

async function asTheImageSays() {
  const { container, url } = await start();
  const early = await container.exec(configuration.Healthcheck.Test.slice(1));
  look('not healthy before it listens', early.code === 1 && early.text.includes('ECONNREFUSED'), early.text.trim());
  look('health turns healthy', true, seconds(await healthy(container)));
  const check = await container.exec(configuration.Healthcheck.Test.slice(1));
  look('a check is quick', check.code === 0 && check.ms < 1000, `"${check.text.trim()}" in ${Math.round(check.ms)} ms`);

  const status = readFileSync(`/proc/${await container.firstProcess()}/status`, 'utf8');
  const field = (name) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '';
  look(
    'its first process is Node',
    field('NSpid').endsWith('\t1') && field('Name') !== 'bash',
    `NSpid ${field('NSpid')}`,
  );
  look(
    'another user than root',
    field('Uid')
      .split('\t')
      .every((id) => id === '1000'),
    `uid ${field('Uid')}`,
  );
  look('no capabilities, and none to gain', /^0+$/.test(field('CapEff')) && field('NoNewPrivs') === '1');
  console.log(`  memory after the start: ${field('VmRSS')}`);
  for (const path of ['/app/x', '/etc/x', '/x']) await refuses(container, path);
  for (const path of ['/tmp/x', '/data/x']) {
    look(`${path} can be written`, (await container.exec(['touch', path])).code === 0);
  }
  const npm = await container.exec(['npm', '--version']);
  look('no package manager', npm.code === 127, npm.text.trim());

  const headers = { 'x-api-key': KEY, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
  const question = { model: 'claude-sonnet-4-5', max_tokens: 50, messages: [{ role: 'user', content: 'Hello!' }] };
  const answer = await fetch(`${url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(question) });
  const body = await answer.json();
  look('a request is served', answer.status === 200 && body.content?.[0]?.text, JSON.stringify(body.content ?? body));
  const stream = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...question, stream: true }),
  });
  look('a stream is served', (await stream.text()).includes('event: message_stop'), `status ${stream.status}`);
  const docs = await fetch(`${url}/docs`);
  look('the page of the API is there', docs.status === 200 && (await docs.text()).includes('swagger'));
  const script = await fetch(`${url}/docs/swagger-ui-bundle.js`);
  look('and what it loads', script.status === 200, `status ${script.status}`);

  const accounts = await container.exec(['amq-gateway', 'accounts', 'list']);
  look('the command line lists accounts inside', accounts.code === 0, accounts.text.trim().split('\n')[0]);
  const { code, ms } = await container.stop();
  look('SIGTERM ends it', code === 0, `status ${code} after ${seconds(ms)}`);
}

async function refuses(container, path) {
  const { code, text } = await container.exec(['touch', path]);
  look(`${path} can't be written`, code !== 0 && /Read-only|Permission/.test(text), text.trim());
}

/** OpenShift gives any number, and group 0. */
async function asAnyUser() {
  const data = volume({ uid: 0, gid: 0 });
  const { container, url } = await start({ data, user: '1000660000:0' });
  look('any user of group 0 may run it', true, `healthy after ${seconds(await healthy(container))}`);
  const key = statSync(join(data, 'amq-gateway.db.key'));
  look('what it stores is its own', key.uid === 1_000_660_000 && (key.mode & 0o777) === 0o600, `uid ${key.uid}`);
  const ready = await fetch(`${url}/health/ready`);
  look('and it is ready', ready.status === 200);
  const listed = new Container(root, configuration, {
    data,
    user: '1000660000:0',
    command: ['accounts', 'list'],
  });
  const code = await listed.exited;
  look('`docker run IMAGE accounts list` on the same volume', code === 0, listed.text.trim().split('\n')[0]);
  const { code: stopped, ms } = await container.stop('SIGINT');
  look('SIGINT ends it', stopped === 0, `status ${stopped} after ${seconds(ms)}`);
}

/** The kernel drops what the first process has no handler for: until Node has begun to run, which takes it a moment. */
async function stoppedWhileItStarts() {
  for (const wait of [0, 50, 100, 200, 400, 800, 1600]) {
    const NODE_OPTIONS = `--import="data:text/javascript,${encodeURIComponent(HEARING)}"`;
    const { container } = await start({ environment: { NODE_OPTIONS } });
    await container.firstProcess();
    const began = performance.now();
    while (!container.text.includes('it hears')) await delay(1);
    if (wait === 0) console.log(`  signals are heard ${seconds(performance.now() - began)} after Node began`);
    await delay(wait);
    const { code, ms } = await container.stop();
    look(`SIGTERM ${wait} ms after that`, code === 0 && ms < 10_000, `status ${code} after ${seconds(ms)}`);
  }
}

/** Nothing given but a volume: as a first `docker run` is. */
async function alone() {
  const { container } = await start({
    environment: Object.fromEntries(Object.keys(upstream).map((name) => [name, ''])),
  });
  await healthy(container);
  const files = await container.exec(['ls', '-la', '/data']);
  look('its data lands in the volume', files.text.includes('amq-gateway.db.key'));
  const { code } = await container.stop();
  look('and it stops', code === 0);
  const lines = container.out.trim().split('\n');
  look(
    'standard output is one JSON document a line',
    lines.every((line) => isJson(line)),
    `${lines.length} lines`,
  );
}

function isJson(line) {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** A folder as an engine makes it of the image's /data. */
function volume({ uid = 1000, gid = 0 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'amq-gateway-volume-'));
  folders.push(folder);
  chownSync(folder, uid, gid);
  chmodSync(folder, 0o770);
  return folder;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
