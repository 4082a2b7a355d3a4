import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Child } from '../../../bench/processes/child.js';
import { gatewayEnvironment } from '../../../simulator/gateway-environment.js';
import { Simulator } from '../../../simulator/simulator.js';
import { Chance } from '../../property/fuzz/chance.js';
import { AdminApi } from './admin-api.js';
import { checkLedger, type LedgerCheck } from './check-ledger.js';
import type { CommandLine } from './command-line.js';
import { sendAll } from './crowd.js';
import { DatabaseOutage } from './database-outage.js';
import { type Fate, type PlannedRequest, planRequest } from './planned-request.js';
import { PlannedService } from './serve-planned.js';
import type { Visit } from './visit.js';

export interface SoakResult extends LedgerCheck {
  seed: number;
  requests: number;
  database: 'sqlite' | 'postgres';
  seconds: number;
  /** Resident memory of the gateway in the end, in megabytes, and the most it ever was. */
  memory: { now: number; peak: number };
  fates: Partial<Record<Fate, number>>;
}

type Options = Omit<CommandLine, 'json' | 'help'>;

const KEY = 'admin-key-of-the-soak';
const ACCOUNTS = 3;
/** Of 32 bytes, in hexadecimal. */
const ENCRYPTION_KEY = '5a'.repeat(32);
/** What a kill may lose (contract §8), and a little for clocks that are read in two processes. */
const LOSS_MS = 1_050;

/**
 * Sends the requests to a gateway in a process of its own, and looks what its ledger says of them.
 * @param entry path of the built `main.js`
 * @param tell told of what was done last
 */
export async function soak(entry: string, options: Options, tell: (text: string) => void): Promise<SoakResult> {
  const folder = await mkdtemp(join(tmpdir(), 'amq-gateway-ledger-'));
  const simulator = await Simulator.start({ recordRequests: false });
  const plans = Array.from({ length: options.requests }, (_, number) =>
    planRequest(number, new Chance(options.seed, number)),
  );
  const planOf = (number: number) => {
    const plan = plans[number];
    if (!plan) throw new Error(`there is no request ${number}`);
    return plan;
  };
  const service = new PlannedService(planOf);
  simulator.answer((request) => service.answer(request));
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => simulator.addAccount({ id: `account-${index + 1}` }));
  const startedAt = Date.now();
  const { database, outage: planned, clients } = options;
  const outage = planned && database !== undefined ? await DatabaseOutage.before(database) : undefined;
  const databaseUrl = outage?.url ?? database;
  let gateway: Child | undefined;
  const start = () =>
    Child.start({
      args: ['--enable-source-maps', entry],
      environment: {
        ...gatewayEnvironment(simulator.url, accounts),
        PORT: '0',
        ADMIN_API_KEY: KEY,
        ENCRYPTION_KEY,
        ...(databaseUrl === undefined ? { DATABASE_PATH: join(folder, 'gateway.db') } : { DATABASE_URL: databaseUrl }),
        LOG_LEVEL: 'warn',
        LOG_FORMAT: 'json',
        // Which account fails is planned by request: none is kept from the next one for it.
        CIRCUIT_BREAKER_ENABLED: 'false',
        SESSION_AFFINITY_TTL: '0',
        LOAD_BALANCE_STRATEGY: 'round_robin',
      },
      folder,
      core: undefined,
      outputFile: join(folder, 'log.jsonl'),
    });
  try {
    gateway = await start();
    const { keys, keyIds } = await apiOf(gateway).createKeys();
    const visits: Visit[] = [];
    let lostAfter: number | undefined;
    let left = plans;
    if (options.kill) {
      const half = plans.slice(0, Math.ceil(plans.length / 2));
      left = plans.slice(half.length);
      lostAfter = await killDuring(gateway, half, visits);
      tell(`killed after ${visits.length} requests`);
      gateway = await start();
    }
    // So that requests come all the time while the database is away, before and after.
    const pauseMs = planned ? (planned.seconds * 1.5 * 1000 * clients) / left.length : 0;
    const sending = sendAll({ url: urlOf(gateway), keys }, left, service, { clients, pauseMs });
    if (planned && outage) {
      await service.whenAsked(answeredAt(left, 0.25));
      outage.begin(planned.how);
      tell('the database is away');
      await delay(planned.seconds * 1000);
      outage.end();
      tell('the database is back');
    }
    visits.push(...(await sending));
    tell(`${visits.length} requests sent`);
    const sent = visits.filter(({ isBroken, requestId }) => !(isBroken && requestId === undefined));
    const check = await checkLedger(apiOf(gateway), {
      visits: lostAfter === undefined ? visits : sent,
      planOf,
      keyIds,
      ...(lostAfter !== undefined && { lostAfter }),
    });
    const fates: SoakResult['fates'] = {};
    for (const { number } of visits) fates[planOf(number).fate] = (fates[planOf(number).fate] ?? 0) + 1;
    return {
      seed: options.seed,
      requests: visits.length,
      database: database === undefined ? 'sqlite' : 'postgres',
      seconds: Math.round((Date.now() - startedAt) / 1000),
      memory: await memoryOf(gateway),
      fates,
      ...check,
    };

    async function killDuring(victim: Child, some: typeof plans, seen: Visit[]): Promise<number> {
      let isDead = false;
      let killedAt = 0;
      const sending = sendAll({ url: urlOf(victim), keys }, some, service, { clients, isOver: () => isDead });
      await service.whenAsked(answeredAt(some, 0.8));
      killedAt = Date.now();
      process.kill(victim.pid, 'SIGKILL');
      isDead = true;
      seen.push(...(await sending));
      return killedAt - LOSS_MS;
    }
  } finally {
    await gateway?.[Symbol.asyncDispose]();
    await outage?.[Symbol.asyncDispose]();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Number of a request about there in the row which certainly reaches the service. */
function answeredAt(plans: readonly PlannedRequest[], share: number): number {
  const plan = plans.slice(Math.floor(plans.length * share)).find(({ fate }) => fate === 'answered');
  return (plan ?? plans[0])?.number ?? 0;
}

function urlOf({ port }: Child): string {
  return `http://127.0.0.1:${port}`;
}

/** As Linux counts it; nothing elsewhere. */
async function memoryOf({ pid }: Child): Promise<SoakResult['memory']> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const megabytes = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0) / 1024);
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

function apiOf(gateway: Child): AdminApi {
  return new AdminApi(urlOf(gateway), KEY);
}
