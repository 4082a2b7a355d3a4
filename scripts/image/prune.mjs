// Takes out of node_modules what nothing reads at run time: types, source maps, what is for browsers or other module
// systems, what compilers left behind. Licences stay. `node prune.mjs FOLDER`
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const NEVER_READ = /\.(d\.[cm]?ts|map|tsbuildinfo|markdown|md)$|^(\.eslintrc.*|\.npmignore|tsconfig.*\.json)$/i;
const LICENCE = /^(licen[cs]e|copying|notice|copyright)/i;

/** Folders and files of one package each, with why they are not read. */
const UNUSED = [
  // For browsers.
  'typeorm/browser',
  'libphonenumber-js/bundle',
  // Other forms of the same: Node takes dist/cjs.
  'rxjs/src',
  'rxjs/dist/bundles',
  'rxjs/dist/esm',
  'rxjs/dist/esm5',
  'rxjs/dist/types',
  // The one table of tokens that is read stands in esm.
  'gpt-tokenizer/cjs',
  'gpt-tokenizer/data',
  // The page at /docs takes the bundle and its preset.
  'swagger-ui-dist/swagger-ui.js',
  'swagger-ui-dist/swagger-ui-es-bundle.js',
  'swagger-ui-dist/swagger-ui-es-bundle-core.js',
  // Sources beside what was compiled from them.
  'gpt-tokenizer/src',
  'zod/src',
  // The one file of the SQLite driver that is loaded is build/Release/node_sqlite3.node.
  'sqlite3/deps',
  'sqlite3/src',
  'sqlite3/build/deps',
  'sqlite3/build/Release/obj',
  'sqlite3/build/Release/obj.target',
  'sqlite3/build/Release/.deps',
  'sqlite3/build/Release/sqlite3.a',
  'sqlite3/build/Release/test_extension.node',
  'sqlite3/build/node_modules',
  // Installs the driver, which is done.
  'prebuild-install',
  'node-addon-api',
  // Telemetry of an installation.
  '@scarf',
];

const folder = process.argv[2];
if (!folder || !existsSync(folder)) {
  console.error('node prune.mjs FOLDER: the node_modules to make smaller');
  process.exit(2);
}
for (const name of UNUSED) rmSync(join(folder, name), { recursive: true, force: true });
prune(folder);

function prune(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) prune(inside);
    else if (NEVER_READ.test(entry.name) && !LICENCE.test(entry.name)) rmSync(inside);
  }
}
