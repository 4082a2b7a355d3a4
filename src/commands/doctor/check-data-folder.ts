import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Finding, open, right, wrong } from './finding.js';

/** Less is full within hours: the usage ledger grows with each request. */
const LEAST_FREE = 100 * 1024 ** 2;
/** Group and others. */
const OF_OTHERS = 0o077;

/** Where SQLite keeps its file, and the key beside it. Writes nothing. */
export function* checkDataFolder(databasePath: string): Generator<Finding> {
  const folder = resolve(dirname(databasePath));
  const nearest = nearestFolder(folder);
  if (!isWritable(nearest, constants.X_OK)) {
    yield wrong(
      'data folder',
      `nothing can be written to ${nearest}`,
      `Run as its owner, or set DATABASE_PATH elsewhere`,
    );
    return;
  }
  const { bavail, bsize } = statfsSync(nearest);
  const free = Math.floor((bavail * bsize) / 1024 ** 2);
  if (bavail * bsize < LEAST_FREE)
    yield wrong('data folder', `${nearest}: only ${free} MB are free`, 'Make room on the disk');
  else if (nearest !== folder) yield open('data folder', `${folder} is not there yet; the first start makes it`);
  else yield right('data folder', `${folder} can be written to; ${free} MB are free`);
  for (const file of [databasePath, `${databasePath}-wal`, `${databasePath}-shm`].filter((path) => existsSync(path))) {
    if (!isWritable(file))
      yield wrong('data file', `${file} can't be written to by this user`, 'Give it to the user the service runs as');
  }
  const keyFile = `${databasePath}.key`;
  if (!existsSync(keyFile)) return;
  const { mode } = statSync(keyFile);
  if ((mode & OF_OTHERS) !== 0) {
    yield wrong('key file', `${keyFile} can be read by others than its owner`, `chmod 600 ${keyFile}`);
  }
}

function isWritable(path: string, more = 0): boolean {
  try {
    accessSync(path, constants.W_OK | more);
    return true;
  } catch {
    return false;
  }
}

function nearestFolder(folder: string): string {
  for (let path = folder; ; path = dirname(path)) if (existsSync(path) || path === dirname(path)) return path;
}
