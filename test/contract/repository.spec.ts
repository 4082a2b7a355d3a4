import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withSettingsTable } from '../../scripts/configuration-docs.mjs';
import { settingsSchema } from '../../src/platform/config/settings.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const inRoot = (...parts: string[]) => join(root, ...parts);
const readJson = (path: string) => JSON.parse(readFileSync(inRoot(path), 'utf8'));

describe('the import rules', () => {
  interface Case {
    name: string;
    path: string;
    source: string;
    /** Without one the source is allowed. */
    rule?: string;
  }

  const imports = (specifier: string) => `import { thing } from '${specifier}';\n\nexport const other = thing;\n`;
  const RESTRICTED = 'lint/style/noRestrictedImports';
  const rooms = [
    'platform',
    'audit',
    'auth',
    'settings',
    'metrics',
    'usage',
    'upstreams',
    'accounts',
    'webhooks',
    'proxy',
    'console',
    'health',
    'edges',
  ];

  /** Each room with every room that stands after it in the walk. */
  const upward: Case[] = ['core', ...rooms].flatMap((room, index) =>
    rooms.slice(index).map((above) => ({
      name: `${room} does not import ${above}`,
      path: `src/${room}/up-${above}.ts`,
      source: imports(`../${above}/thing.js`),
      rule: RESTRICTED,
    })),
  );
  const downward: Case[] = rooms.flatMap((room, index) =>
    ['core', ...rooms.slice(0, index)]
      .filter((below) => !(['proxy', 'webhooks'].includes(room) && below === 'upstreams'))
      .map((below) => ({
        name: `${room} may import ${below}`,
        path: `src/${room}/down-${below}.ts`,
        source: imports(`../${below}/thing.js`),
      })),
  );
  const outside: Case[] = ['core', ...rooms].flatMap((room) =>
    ['simulator', 'bench', 'test', 'migrations'].map((folder) => ({
      name: `${room} does not import ${folder}`,
      path: `src/${room}/outside-${folder}.ts`,
      source: imports(`../../${folder}/thing.js`),
      rule: RESTRICTED,
    })),
  );
  const pure: Case[] = [
    'rxjs',
    'rxjs/operators',
    '@nestjs/common',
    'typeorm',
    'undici',
    'express',
    'pino',
    'ioredis',
    'prom-client',
    'class-validator',
    'node:fs',
    'node:fs/promises',
    'node:http',
    'node:crypto',
    'node:timers/promises',
    'node:process',
  ].map((specifier, index) => ({
    name: `core does not import ${specifier}`,
    path: `src/core/impure-${index}.ts`,
    source: imports(specifier),
    rule: RESTRICTED,
  }));
  const clockless: Case[] = [
    'Date.now()',
    'new Date()',
    'crypto.randomUUID()',
    'process.env',
    "fetch('http://localhost')",
    'setTimeout(() => {}, 1)',
    'setInterval(() => {}, 1)',
    'globalThis.Date.now()',
    'performance.now()',
    'setImmediate(() => {})',
    'queueMicrotask(() => {})',
  ].map((expression, index) => ({
    name: `core does not use ${expression}`,
    path: `src/core/clock-${index}.ts`,
    source: `export const value = ${expression};\n`,
    rule: 'lint/style/noRestrictedGlobals',
  }));
  const typeorm: Case[] = [
    ...[...rooms, ''].map((room) => join('src', room, room ? 'thing.service.ts' : 'thing.ts')),
    'src/platform/state/rows.ts',
  ].map((path) => ({ name: `${path} does not import typeorm`, path, source: imports('typeorm'), rule: RESTRICTED }));
  const typeormAllowed: Case[] = [
    'src/auth/thing.entity.ts',
    'src/auth/thing.repository.ts',
    'src/accounts/thing.entity.ts',
    'src/accounts/thing.repository.ts',
    'src/settings/thing.entity.ts',
    'src/settings/thing.repository.ts',
    'src/proxy/things/thing.entity.ts',
    'src/proxy/things/thing.repository.ts',
    'src/platform/database/thing.ts',
  ].map((path) => ({ name: `${path} may import typeorm`, path, source: imports('typeorm') }));
  const others: Case[] = [
    {
      name: 'a repository does not import upward either',
      path: 'src/auth/upward.repository.ts',
      source: imports('../proxy/thing.js'),
      rule: RESTRICTED,
    },
    {
      name: 'nor does one of the model API',
      path: 'src/proxy/things/upward.repository.ts',
      source: imports('../../health/thing.js'),
      rule: RESTRICTED,
    },
    {
      name: 'accounts does not import health from deep inside',
      path: 'src/accounts/pool/upward.ts',
      source: imports('../../health/thing.js'),
      rule: RESTRICTED,
    },
    { name: 'but its own', path: 'src/accounts/pool/own.ts', source: imports('../health/thing.js') },
    { name: 'from outside too', path: 'src/accounts/own.ts', source: imports('./health/thing.js') },
    {
      name: 'core does not import proxy from deep inside',
      path: 'src/core/protocols/amazon-q/deep.ts',
      source: imports('../../../proxy/thing.js'),
      rule: RESTRICTED,
    },
    {
      name: 'the simulator does not import src',
      path: 'simulator/x.ts',
      source: imports('../src/core/y.js'),
      rule: RESTRICTED,
    },
    {
      name: 'a migration does not import src',
      path: 'migrations/x.ts',
      source: imports('../src/core/y.js'),
      rule: RESTRICTED,
    },
    {
      name: 'nobody imports the application module',
      path: 'src/health/application.ts',
      source: imports('../app.module.js'),
      rule: RESTRICTED,
    },
    {
      name: 'one file of a cycle is caught',
      path: 'src/accounts/cycle-a.ts',
      source: "import { b } from './cycle-b.js';\n\nexport const a = () => b;\n",
      rule: 'lint/suspicious/noImportCycles',
    },
    {
      name: 'the other file of a cycle is caught',
      path: 'src/accounts/cycle-b.ts',
      source: "import { a } from './cycle-a.js';\n\nexport const b = () => a;\n",
      rule: 'lint/suspicious/noImportCycles',
    },
    {
      name: 'a barrel is caught',
      path: 'src/auth/index.ts',
      source: "export { thing } from './thing.js';\n",
      rule: 'lint/performance/noBarrelFile',
    },
    { name: 'core may import core', path: 'src/core/allowed.ts', source: imports('./protocols/thing.js') },
    { name: 'core may import zod', path: 'src/core/zod.ts', source: imports('zod') },
    { name: 'a room may use the clock', path: 'src/proxy/clock.ts', source: 'export const now = Date.now();\n' },
    { name: 'a spec may import test', path: 'src/auth/thing.spec.ts', source: imports('../../test/support/thing.js') },
    { name: 'the simulator may import itself', path: 'simulator/own.ts', source: imports('./thing.js') },
  ];
  const cases = [...upward, ...downward, ...outside, ...pure, ...clockless, ...typeorm, ...typeormAllowed, ...others];

  let directory: string;
  /** Path → the rules it breaks. */
  const broken = new Map<string, Set<string>>();

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'amq-import-rules-'));
    cpSync(inRoot('biome.json'), join(directory, 'biome.json'));
    for (const { path, source } of cases) {
      mkdirSync(join(directory, dirname(path)), { recursive: true });
      writeFileSync(join(directory, path), source);
    }
    const report = await lint(directory);
    for (const { category, location } of report.diagnostics) {
      const path = typeof location.path === 'string' ? location.path : location.path.file;
      broken.set(path, (broken.get(path) ?? new Set()).add(category));
    }
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  // No lint rule can deny a single property of Math.
  it('finds no Math.random in core', () => {
    const files = readdirSync(inRoot('src', 'core'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'),
    );
    expect(files).toContain('errors.ts');
    const random = files.filter((path) =>
      /\bMath\s*\.\s*random\b/.test(readFileSync(inRoot('src', 'core', path), 'utf8')),
    );
    expect(random).toEqual([]);
  });

  it('has each case in a file of its own', () => {
    expect(new Set(cases.map(({ path }) => path)).size).toBe(cases.length);
  });

  it.each(cases)('$name', ({ path, rule }) => {
    expect([...(broken.get(path) ?? [])]).toEqual(rule ? [rule] : []);
  });
});

interface LintReport {
  diagnostics: { category: string; location: { path: string | { file: string } } }[];
}

/** What biome has to say on a folder. It exits with 1 when it found something, which is what these tests want. */
function lint(directory: string): Promise<LintReport> {
  const { promise, resolve, reject } = Promise.withResolvers<LintReport>();
  const options = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'];
  execFile(
    inRoot('node_modules', '.bin', 'biome'),
    options,
    { cwd: directory, maxBuffer: 64 * 1024 ** 2 },
    (error, output, messages) => {
      try {
        resolve(JSON.parse(output));
      } catch {
        reject(new Error(`biome gave no report: ${error?.message}\n${messages}`));
      }
    },
  );
  return promise;
}

describe('docs/configuration.md', () => {
  it('is up to date (npm run docs:configuration)', () => {
    const document = readFileSync(inRoot('docs', 'configuration.md'), 'utf8');
    expect(document).toBe(withSettingsTable(document, settingsSchema));
  });

  it('has one row for each setting', () => {
    const document = readFileSync(inRoot('docs', 'configuration.md'), 'utf8');
    const named = [...document.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
    expect(named).toEqual(Object.keys(settingsSchema.shape));
  });
});

describe('SECURITY.md', () => {
  const document = readFileSync(inRoot('SECURITY.md'), 'utf8');
  const named = [...document.matchAll(/`((?:src|test)\/[^`]+)`/g)].map(([, path]) => path as string);

  it('names tests that are there', () => {
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(inRoot(path)))).toEqual([]);
  });

  it('has an asset, somebody, a defence and a test in each row', () => {
    const rows = document.split('\n').filter((line) => /^\| (?!asset|-)/.test(line));
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) expect(row.split(' | ').slice(1)).toEqual(Array(3).fill(expect.stringMatching(/\w/)));
  });
});

describe('package.json', () => {
  const manifest = readJson('package.json');
  const lock: Record<
    string,
    { resolved?: string; integrity?: string; hasInstallScript?: boolean; optional?: boolean }
  > = readJson('package-lock.json').packages;
  const dependencies: [string, string][] = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries<string>(manifest[kind] ?? {}),
  );

  it.each(dependencies)('pins %s to one version', (_name, version) => {
    expect(version).toMatch(/^(npm:(@[\w-]+\/)?[\w-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/);
  });

  it('has a lockfile that names no registry', () => {
    const addressed = Object.entries(lock).filter(([, entry]) => entry.resolved !== undefined);
    expect(addressed.map(([path]) => path)).toEqual([]);
  });

  it('has a digest of every package that is installed everywhere', () => {
    const installed = Object.entries(lock).filter(([path, { optional }]) => path !== '' && !optional);
    expect(installed.length).toBeGreaterThan(300);
    expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual(
      [],
    );
  });

  it('says of every package with an install script whether it may run', () => {
    const scripted = Object.entries(lock)
      .filter(([, entry]) => entry.hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(scripted.filter((name) => manifest.allowScripts[name] === undefined)).toEqual([]);
    expect(scripted).toContain('sqlite3');
  });
});
