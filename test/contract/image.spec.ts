import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { settingsSchema } from '../../src/platform/config/settings.js';

const run = promisify(execFile);
const read = (path: string) => readFileSync(path, 'utf8');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'amq-gateway-image-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Status and words of a program that may fail. */
async function outcome(command: string, ...args: string[]): Promise<{ code: number; text: string }> {
  try {
    const { stdout, stderr } = await run(command, args);
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

describe('the Dockerfile', () => {
  const check = (dockerfile: string, dockerignore: string) => {
    const paths = [join(folder, 'Dockerfile'), join(folder, '.dockerignore')] as const;
    writeFileSync(paths[0], dockerfile);
    writeFileSync(paths[1], dockerignore);
    return outcome(process.execPath, 'scripts/image/check.mjs', ...paths);
  };

  it('keeps what the image promises', async () => {
    expect(await outcome(process.execPath, 'scripts/image/check.mjs')).toMatchObject({
      code: 0,
      text: expect.stringContaining('3 stages'),
    });
  });

  it.each([
    ['a user that is root', 'USER 1000:1000', 'USER root', 'a number that is not 0'],
    ['no user', 'USER 1000:1000', '', 'the image has no USER'],
    ['a check through a shell', /CMD \["node", "\/app\/dist\/src\/commands\/health.*\]/, 'CMD node x.js', 'exec form'],
    ['a check that is not there', 'health/check.js', 'health/gone.js', 'which nothing is compiled to'],
    ['a shell as first process', '["node", "--enable-source-maps",', '["sh", "-c",', 'starts sh, not node'],
    ['another base', 'FROM node:24-bookworm-slim', 'FROM node:latest', 'FROM node:latest'],
    ['an install without lockfile', 'npm ci --omit=dev', 'npm install --omit=dev', 'without the lockfile'],
    ['a stage that does not exist', '--from=dependencies', '--from=gone', 'no stage of that name'],
    ['a file that does not exist', 'COPY src src', 'COPY source src', 'COPY source: not there'],
    ['a file that is kept out', 'COPY src src', 'COPY src README.md src', 'kept out by'],
    ['a secret', 'ENV NODE_ENV=production', 'ENV ENCRYPTION_KEY=x NODE_ENV=production', 'a secret in ENV'],
    ['ADD', 'COPY src src', 'ADD src src', 'ADD fetches'],
    ['a loopback address', 'HOST=0.0.0.0', 'HOST=127.0.0.1', 'ENV HOST=0.0.0.0 is missing'],
    [
      'a small folder for large sorts',
      'SQLITE_TMPDIR=/data',
      'SQLITE_TMPDIR=/tmp',
      'ENV SQLITE_TMPDIR=/data is missing',
    ],
    ['a word that is none', 'EXPOSE 8080', 'EXPOSES 8080', 'EXPOSES is no instruction'],
  ])('is refused with %s', async (_, from, to, words) => {
    const changed = read('Dockerfile').replace(from, to);
    expect(changed).not.toBe(read('Dockerfile'));
    const { code, text } = await check(changed, read('.dockerignore'));
    expect(code).toBe(1);
    expect(text).toContain(words);
  });

  it.each(['!.env', '!data', '!node_modules', '!.git'])(
    'is refused when builds can see what `%s` lets through',
    async (line) => {
      const { code, text } = await check(read('Dockerfile'), `${read('.dockerignore')}\n${line}\n`);
      expect(code).toBe(1);
      expect(text).toContain(`lets ${line.slice(1)}`);
    },
  );
});

describe('scripts/build-image.sh', () => {
  it('explains itself', async () => {
    const { code, text } = await outcome('scripts/build-image.sh', '--help');
    expect(code).toBe(0);
    for (const option of ['--check', '--run', '--engine', '--tag', '--work']) expect(text).toContain(option);
  });

  it('checks without any tool', async () => {
    expect(await outcome('scripts/build-image.sh', '--check')).toMatchObject({ code: 0 });
  });

  it.each([[['--frobnicate']], [['--engine']], [['--engine', 'podman']]])('says that %j is not right', async (args) => {
    const { code, text } = await outcome('scripts/build-image.sh', ...args);
    expect(code).toBe(2);
    expect(text).toContain('--help');
  });
});

describe('what is taken out of node_modules', () => {
  it('is types, maps and leftovers; never a licence, never code that is loaded', async () => {
    const files = {
      'rxjs/dist/cjs/index.js': true,
      'rxjs/dist/cjs/index.js.map': false,
      'rxjs/dist/types/index.d.ts': false,
      'rxjs/dist/esm5/index.js': false,
      'zod/index.d.cts': false,
      'zod/LICENSE.md': true,
      'zod/README.md': false,
      'zod/package.json': true,
      'zod/data.json': true,
      'sqlite3/build/Release/node_sqlite3.node': true,
      'sqlite3/build/Release/sqlite3.a': false,
      'sqlite3/deps/sqlite-autoconf-3450000.tar.gz': false,
      'typeorm/browser/index.js': false,
      'typeorm/index.js': true,
      'md/md.js': true,
    };
    const modules = join(folder, 'node_modules');
    for (const name of Object.keys(files)) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      writeFileSync(join(modules, name), '');
    }
    expect(await outcome(process.execPath, 'scripts/image/prune.mjs', modules)).toMatchObject({ code: 0 });
    expect(Object.fromEntries(Object.keys(files).map((name) => [name, existsSync(join(modules, name))]))).toEqual(
      files,
    );
    expect((await outcome(process.execPath, 'scripts/image/prune.mjs', join(folder, 'gone'))).code).toBe(2);
  });
});

interface Service {
  image: string;
  profiles?: string[];
  environment?: Record<string, string>;
  env_file?: { path: string; required: boolean }[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  restart?: string;
  logging?: { driver: string; options: Record<string, string> };
  healthcheck?: { test: string[] };
  volumes?: string[];
  ports?: string[];
  tmpfs?: string[];
  depends_on?: Record<string, { condition: string; required: boolean }>;
}

describe('compose.yaml', () => {
  const file = parse(read('compose.yaml'), { merge: true }) as {
    services: Record<string, Service>;
    volumes: Record<string, unknown>;
    networks: Record<string, { internal?: boolean }>;
  };
  const services = Object.entries(file.services);

  it('starts the gateway alone, and with a profile Postgres and Redis', () => {
    expect(services.map(([name, { profiles }]) => [name, profiles])).toEqual([
      ['gateway', undefined],
      ['postgres', ['postgres']],
      ['redis', ['postgres']],
    ]);
  });

  it.each(services)('%s comes back, is looked after and does not fill the disk', (_, service) => {
    expect(service.restart).toBe('unless-stopped');
    expect(service.healthcheck?.test[0]).toBe('CMD');
    expect(service.logging).toEqual({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } });
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
  });

  it('gives the gateway no right it does not need', () => {
    const { gateway } = file.services;
    expect(gateway).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      env_file: [{ path: '.env', required: false }],
    });
    expect(gateway?.volumes).toEqual(['data:/data']);
    expect(gateway?.tmpfs?.[0]).toMatch(/^\/tmp:/);
    expect(gateway?.ports?.[0]).toMatch(/:-127\.0\.0\.1:8080\}:8080$/);
    expect(file.networks.storage).toEqual({ internal: true });
  });

  it("asks what the image's own check asks", () => {
    const inImage = /HEALTHCHECK[\s\S]*?CMD (\[.*\])/.exec(read('Dockerfile'))?.[1] ?? '';
    expect(file.services.gateway?.healthcheck?.test).toEqual(['CMD', ...JSON.parse(inImage)]);
  });

  it('sets settings that exist, and so does the example', () => {
    const known = Object.keys(settingsSchema.shape);
    expect(known).toEqual(expect.arrayContaining(Object.keys(file.services.gateway?.environment ?? {})));
    const inExample = [...read('deploy/compose/env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    const ofCompose = [...read('compose.yaml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    expect([...known, ...ofCompose, 'COMPOSE_PROFILES']).toEqual(expect.arrayContaining(inExample));
  });
});

const hasCompose = (() => {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Where Docker's own reader is on the machine: it knows what the variables become. */
(hasCompose ? describe : describe.skip)('docker compose config', () => {
  const config = async (env: string, ...options: string[]) => {
    const path = join(folder, 'env');
    writeFileSync(path, env);
    const { code, text } = await outcome(
      ...(['docker', 'compose', '--env-file', path, ...options, 'config', '--format', 'json'] as const),
    );
    return code === 0
      ? (JSON.parse(text) as { services: Record<string, { environment: Record<string, string> }> })
      : text;
  };

  it('is SQLite where nothing is set', async () => {
    expect(await config('')).toMatchObject({
      services: { gateway: { environment: { DATABASE_URL: '', REDIS_URL: '', ENCRYPTION_KEY: '', HOST: '0.0.0.0' } } },
    });
  });

  it('is Postgres and Redis where there is a password', async () => {
    const answer = await config('POSTGRES_PASSWORD=abc\nENCRYPTION_KEY=k\n', '--profile', 'postgres');
    expect(answer).toMatchObject({
      services: {
        gateway: {
          environment: {
            DATABASE_URL: 'postgres://amq_gateway:abc@postgres:5432/amq_gateway',
            REDIS_URL: 'redis://redis:6379',
            ENCRYPTION_KEY: 'k',
          },
        },
        postgres: { environment: { POSTGRES_PASSWORD: 'abc' } },
      },
    });
  });

  it('takes a Postgres and a Redis of your own, without the profile', async () => {
    const answer = await config('DATABASE_URL=postgres://db/amq\nREDIS_URL=redis://cache\nENCRYPTION_KEY=k\n');
    expect(answer).toMatchObject({
      services: { gateway: { environment: { DATABASE_URL: 'postgres://db/amq', REDIS_URL: 'redis://cache' } } },
    });
    expect(answer).not.toHaveProperty('services.postgres');
  });
});
