// Adds the lock entries of optional packages built for other platforms.
//
// A registry that does not carry every platform's build leaves them out of package-lock.json, and `npm ci` then
// refuses the lock on every machine ("Missing: @swc/core-win32-x64-msvc@ from lock file"). Each such package is
// pinned by its parent's exact version and named after its platform, so the entry can be written without it.
// Run after every change of dependencies: `npm install && node scripts/complete-lock.mjs`.
import { readFileSync, writeFileSync } from 'node:fs';

const OS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const CPU = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const added = [];

for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const os = OS.find((candidate) => name.includes(`-${candidate}`));
    const cpu = CPU.find((candidate) => new RegExp(`-${candidate}(?![0-9])`).test(name));
    if (lock.packages[key] || !os || !cpu || !/^\d/.test(version)) continue;
    lock.packages[key] = { version, cpu: [cpu], os: [os], optional: true, ...(parent.dev && { dev: true }) };
    added.push(`${name}@${version}`);
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length > 0 ? `added ${added.length} entries:\n${added.join('\n')}` : 'nothing to add');
