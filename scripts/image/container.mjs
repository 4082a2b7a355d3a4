// Runs a root folder the way a container engine does, with the kernel's own tools: an own process and mount namespace, the
// root read-only, memory for /tmp, one writable folder, no capabilities, no way to gain any. The network is the machine's.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** What runs first in the namespaces, as root; its arguments are the root, the folder for /data, and the command. */
const PREPARE = `
set -eu
root=$1 data=$2
shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o size=64m,mode=1777,nosuid,nodev,noexec tmpfs "$root/tmp"
mount -t tmpfs -o size=64k,mode=755,nosuid,noexec tmpfs "$root/dev"
for device in null zero random urandom; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount --bind "$data" "$root/data"
exec chroot "$root" "$@"
`;

/** The image's configuration as Docker writes it, of `buildah inspect`. */
export function configurationOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).Docker.config;
}

/** One started container. */
export class Container {
  /** @param user such as `1000:1000` */
  constructor(root, configuration, { data, user = configuration.User, environment = {}, command }) {
    this.configuration = configuration;
    this.user = user;
    this.environment = environment;
    const args = command ?? configuration.Cmd;
    this.child = spawn(
      'unshare',
      [
        ...['--mount', '--pid', '--fork', '--kill-child', '--', 'bash', '-c', PREPARE, 'prepare', root, data],
        ...this.asUser([...configuration.Entrypoint, ...args]),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.startedAt = performance.now();
    this.out = '';
    this.text = '';
    this.child.stdout.on('data', (chunk) => {
      this.out += chunk;
      this.text += chunk;
    });
    this.child.stderr.on('data', (chunk) => {
      this.text += chunk;
    });
    this.exited = once(this.child, 'close').then(([code, signal]) => signal ?? code);
  }

  /** The command with the image's environment, folder and user, with nothing of this machine's. */
  asUser(command) {
    const [uid, gid] = this.user.split(':');
    const variables = [
      ...this.configuration.Env,
      ...Object.entries(this.environment).map(([name, value]) => `${name}=${value}`),
    ];
    return [
      ...['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs'],
      ...['--bounding-set=-all', '--inh-caps=-all', '--'],
      ...['env', '-i', `--chdir=${this.configuration.WorkingDir}`, ...variables, ...command],
    ];
  }

  /** The number that this machine knows its first process by, once that is Node. */
  async firstProcess() {
    const { pid } = this.child;
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`It ended before it ran:\n${this.text}`);
      const children = textOf(`/proc/${pid}/task/${pid}/children`).trim();
      if (children && textOf(`/proc/${children}/cmdline`).startsWith('node\0')) return Number(children);
      await delay(1);
    }
  }

  /** Runs a command inside, as `docker exec` does. @returns its status, output and milliseconds */
  async exec(command) {
    const pid = await this.firstProcess();
    const began = performance.now();
    return new Promise((resolve) => {
      execFile(
        'nsenter',
        ['--target', String(pid), '--mount', '--pid', '--root', '--', ...this.asUser(command)],
        (error, stdout, stderr) => {
          resolve({ code: error ? error.code : 0, text: stdout + stderr, out: stdout, ms: performance.now() - began });
        },
      );
    });
  }

  async signal(name) {
    process.kill(await this.firstProcess(), name);
  }

  /** @returns its status and how long it took, in milliseconds */
  async stop(name = 'SIGTERM') {
    const began = performance.now();
    await this.signal(name);
    return { code: await this.exited, ms: performance.now() - began };
  }

  kill() {
    this.child.kill('SIGKILL');
  }
}

/** Empty where the process is gone. */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
