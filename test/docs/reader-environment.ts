import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Leads packages and certificates to where this machine has them; nothing of the project. */
const OF_THE_MACHINE = /^(?:LANG|LC_\w+|TMPDIR|\w*CA_CERTS\w*|SSL_CERT_\w+|\w*CA_BUNDLE|\w*_proxy|\w*_PROXY|GO\w+)$/;

/**
 * What a reader's shell has: programs as they are on the machine, without those that `npm run` puts in front, and a home
 * folder with nothing in it.
 */
export function readerEnvironment(source: NodeJS.ProcessEnv, home: string): Record<string, string | undefined> {
  const kept = Object.entries(source).filter(([name]) => OF_THE_MACHINE.test(name));
  const ownHome = homedir();
  return {
    ...Object.fromEntries(kept),
    PATH: pathWithoutPackages(source.PATH ?? ''),
    HOME: home,
    TERM: 'dumb',
    LANG: source.LANG ?? 'C.UTF-8',
    npm_config_cache: source.npm_config_cache ?? join(ownHome, '.npm'),
    npm_config_userconfig: source.npm_config_userconfig ?? join(ownHome, '.npmrc'),
  };
}

function pathWithoutPackages(path: string): string {
  const folders = path.split(delimiter);
  return folders.filter((folder) => !/node_modules[\\/]\.bin$|node-gyp-bin$/.test(folder)).join(delimiter);
}
