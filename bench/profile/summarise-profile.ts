/** What Node writes with `--cpu-prof`, as far as it is read here. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  /** Ids of nodes, one per sample. */
  samples: number[];
  /** Microseconds since the sample before; the first counts from `startTime`. */
  timeDeltas: number[];
  /** Microseconds of the system's monotonic clock. */
  startTime: number;
}

export interface SelfTime {
  name: string;
  microseconds: number;
  /** Of the time the process did anything at all. */
  share: number;
}

export interface ProfileSummary {
  functions: SelfTime[];
  /** By room, package or part of Node. */
  origins: SelfTime[];
  busyMicroseconds: number;
}

/** Self time by function and by origin, between two moments of the monotonic clock. */
export function summariseProfile(profile: CpuProfile, from = 0, to = Number.POSITIVE_INFINITY): ProfileSummary {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byFunction = new Map<string, number>();
  const byOrigin = new Map<string, number>();
  let busy = 0;
  let time = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    time += profile.timeDeltas[index] ?? 0;
    const frame = frames.get(id);
    // A sample stands for the time until the next one.
    const lasted = Math.max(0, profile.timeDeltas[index + 1] ?? 0);
    if (!frame || frame.functionName === '(idle)' || time < from || time > to) {
      continue;
    }
    busy += lasted;
    add(byFunction, nameOf(frame), lasted);
    add(byOrigin, originOf(frame), lasted);
  }
  return { functions: sorted(byFunction, busy), origins: sorted(byOrigin, busy), busyMicroseconds: busy };
}

type CallFrame = CpuProfile['nodes'][number]['callFrame'];

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const place = url === '' ? '' : ` ${shortened(url)}:${lineNumber + 1}`;
  return `${functionName || '(anonymous)'}${place}`;
}

function originOf({ functionName, url }: CallFrame): string {
  const file = shortened(url);
  if (url === '') {
    return functionName.startsWith('(') ? functionName : '(native)';
  }
  const [first = '', second = '', third = ''] = file.split('/');
  if (first === 'node_modules') {
    return second.startsWith('@') ? `${second}/${third}` : second;
  }
  if (file.startsWith('node:')) {
    // `node:internal/crypto/hash` and `node:_http_server` are parts of what everybody knows by one name.
    return file
      .replace('node:internal/', 'node:')
      .replace(/^node:_([a-z]+).*$/, 'node:$1')
      .replace(/\/.*$/, '');
  }
  return first === 'src' ? `src/${second}` : first;
}

/** `src/…`, `node_modules/…` or `node:…`, wherever the checkout is. */
function shortened(url: string): string {
  return url.includes('/node_modules/') ? url.replace(/^.*\/(?=node_modules\/)/, '') : url.replace(/^.*\/dist\//, '');
}

function add(times: Map<string, number>, name: string, lasted: number): void {
  times.set(name, (times.get(name) ?? 0) + lasted);
}

function sorted(times: ReadonlyMap<string, number>, busy: number): SelfTime[] {
  return Array.from(times, ([name, microseconds]) => ({ name, microseconds, share: microseconds / busy })).sort(
    (a, b) => b.microseconds - a.microseconds,
  );
}
