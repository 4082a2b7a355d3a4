import { readFileSync } from 'node:fs';

// The kernel counts CPU time for /proc in hundredths of a second on every platform Node runs on.
const ticksPerSecond = 100;

/** Seconds of CPU a process has used, in user and kernel; undefined where the system does not tell. */
export function cpuSeconds(pid: number): number | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  // Fields are counted from the end of the command, which may hold spaces.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of a process, in bytes. */
export function residentBytes(pid: number): number | undefined {
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readOrNothing(`/proc/${pid}/status`) ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Seconds all processes have used on all cores together, what the host took away included. */
export function machineBusySeconds(): number | undefined {
  const fields = readOrNothing('/proc/stat')?.split('\n', 1)[0]?.trim().split(/\s+/).slice(1).map(Number);
  if (!fields) {
    return undefined;
  }
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, softInterrupt = 0, stolen = 0] = fields;
  return (user + nice + system + interrupt + softInterrupt + stolen) / ticksPerSecond;
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
