import { monitorEventLoopDelay } from 'node:perf_hooks';
import { VERSION } from '../../platform/version.js';
import type { Exposition } from '../families/exposition.js';
import { ValueFamily } from '../families/value-family.js';
import { metricsOfProcess } from './metrics-of-process.js';

/** How often the event loop is looked at, milliseconds. */
const LAG_RESOLUTION = 20;
const SHARE = 99;

/** What decides on whether the gateway is ready for requests. */
export interface Readiness {
  isDraining: () => boolean;
  /** Takes a moment at most, however the database is. */
  databaseAnswers: () => Promise<boolean>;
}

/** What there is to know of the process; `process_…` and `nodejs_…` are the library's. */
export class ProcessInstruments {
  private readonly lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION });
  private readiness: Readiness = { isDraining: () => false, databaseAnswers: async () => true };

  constructor(exposition: Exposition) {
    for (const metric of metricsOfProcess()) exposition.registerMetric(metric);
    this.lag.enable();
    exposition
      .add(
        new ValueFamily('gauge', {
          name: 'amq_gateway_build_info',
          help: 'Always 1; the versions are in the labels',
          labelNames: ['version', 'node_version'],
        }),
      )
      .of({ version: VERSION, node_version: process.versions.node }).value = 1;
    const lag = gauge(
      exposition,
      'event_loop_lag_seconds',
      'How late timers were since the last reading, 99th percentile',
    );
    const ready = gauge(exposition, 'ready', '1 when the gateway is ready for requests, as /health/ready says, else 0');
    const draining = gauge(exposition, 'draining', '1 when the gateway is on its way down, else 0');
    const database = gauge(exposition, 'database_up', '1 when the database answers, else 0');
    exposition.onReading(async () => {
      lag.value = this.readLag();
      const isDraining = this.readiness.isDraining();
      const isUp = await this.readiness.databaseAnswers();
      draining.value = isDraining ? 1 : 0;
      database.value = isUp ? 1 : 0;
      ready.value = isUp && !isDraining ? 1 : 0;
    });
  }

  readReadiness(readiness: Readiness): void {
    this.readiness = readiness;
  }

  /** Ends the timer, which would run as long as the process. */
  close(): void {
    this.lag.disable();
  }

  /** Seconds; what is measured is the time between two looks. */
  private readLag(): number {
    const { count } = this.lag;
    const between = count > 0 ? this.lag.percentile(SHARE) : 0;
    this.lag.reset();
    return Math.max(between / 1e9 - LAG_RESOLUTION / 1000, 0);
  }
}

function gauge(exposition: Exposition, name: string, help: string) {
  return exposition.add(new ValueFamily('gauge', { name: `amq_gateway_${name}`, help, labelNames: [] })).of({});
}
