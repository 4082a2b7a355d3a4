import { setTimeout as delay } from 'node:timers/promises';
import { Simulator } from '../../simulator/simulator.js';
import { modelsKnown } from '../../test/support/models-known.js';
import { type RunningGateway, startGateway } from '../../test/support/start-gateway.js';
import { median, percentile } from '../report/percentile.js';
import { accessCases } from './cases.js';
import { Door } from './door.js';

/** Microseconds for one request. */
export interface AccessFigures {
  name: string;
  p50: number;
  p99: number;
  cpu: number;
  /** Of CPU to that of the first case. */
  ratio: number;
}

export interface AccessOptions {
  requests: number;
  /** Undefined: nothing is measured there. */
  redisUrl: string | undefined;
  tell: (step: string) => void;
}

type Round = Omit<AccessFigures, 'name' | 'ratio'>;

const rounds = 9;
/** Until what answers after a round, such as Redis, has been read; keys are looked up again meanwhile, not in the round. */
const settleMs = 100;

/** Every case in turn, round by round, so that all of them meet the same weather. */
export async function measureAccess({ requests, redisUrl, tell }: AccessOptions): Promise<AccessFigures[]> {
  tell('Starting');
  await using memory = await Place.open();
  await using redis = redisUrl === undefined ? undefined : await Place.open({ REDIS_URL: redisUrl });
  const places = { memory, redis };
  const doors: { name: string; door: Door; measured: Round[] }[] = [];
  for (const accessCase of accessCases) {
    const place = places[accessCase.state];
    if (place) doors.push({ name: accessCase.name, door: await Door.open(place.gateway, accessCase), measured: [] });
  }
  for (const { name, door } of doors) {
    tell(`Warming up: ${name}`);
    await measureRound(door, requests);
    await measureRound(door, requests);
  }
  for (let round = 1; round <= rounds; round++) {
    tell(`Round ${round} of ${rounds}`);
    for (const { door, measured } of doors) measured.push(await measureRound(door, requests));
  }
  const first = doors[0]?.measured ?? [];
  return doors.map(({ name, measured }) => ({ name, ...summary(measured, first) }));
}

/** A gateway with an account of a simulator of its own. */
class Place implements AsyncDisposable {
  private constructor(
    private readonly simulator: Simulator,
    readonly gateway: RunningGateway,
  ) {}

  static async open(environment: Record<string, string> = {}): Promise<Place> {
    const simulator = await Simulator.start({ recordRequests: false });
    const place = new Place(simulator, await startGateway(simulator, { LOG_LEVEL: 'warn', ...environment }));
    await modelsKnown(place.gateway, simulator);
    return place;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.close();
    await this.simulator.close();
  }
}

async function measureRound(door: Door, requests: number): Promise<Round> {
  const visits = Array.from({ length: requests }, () => door.visit());
  await delay(settleMs);
  const times: number[] = [];
  const before = process.cpuUsage();
  for (const visit of visits) times.push((await door.pass(visit)) * 1000);
  await delay(settleMs);
  const { user, system } = process.cpuUsage(before);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), cpu: (user + system) / requests };
}

function summary(measured: readonly Round[], first: readonly Round[]): Omit<AccessFigures, 'name'> {
  const of = (figure: keyof Round) => median(measured.map((round) => round[figure]));
  const ratios = measured.map(({ cpu }, round) => cpu / (first[round]?.cpu ?? Number.NaN));
  return { p50: of('p50'), p99: of('p99'), cpu: of('cpu'), ratio: median(ratios) };
}
