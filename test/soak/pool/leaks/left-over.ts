import { ModulesContainer } from '@nestjs/core';
import { Pool } from '../../../../src/accounts/pool/pool.service.js';
import { Metrics } from '../../../../src/metrics/metrics.service.js';
import { AnswerRunner } from '../../../../src/proxy/reply/answer-runner.js';
import type { RunningGateway } from '../../../support/start-gateway.js';
import { sizesOf } from './collections.js';

/** Gauges that say what is, whatever was asked before. */
const NOT_OF_REQUESTS =
  /^(process_|nodejs_|amazonq_account_available|amq_gateway_(build_info|client_registration|circuit_breaker|accounts|ready|database_up|event_loop))/;

/** What a gateway without requests has of them; everything ought to be 0. */
export async function leftOver({ app }: RunningGateway): Promise<Record<string, number>> {
  const left: Record<string, number> = {
    'leases in flight': app.get(Pool).totalInFlight(),
    'answers that run': app.get(AnswerRunner).running,
  };
  for (const metric of await app.get(Metrics).registry.getMetricsAsJSON()) {
    if (String(metric.type) !== 'gauge' || NOT_OF_REQUESTS.test(metric.name)) continue;
    left[metric.name] = metric.values.reduce((sum, { value }) => sum + Math.abs(Number(value)), 0);
  }
  return left;
}

/** Entries of every list, set and table of every service. */
export function collectionsOf({ app }: RunningGateway): Map<string, number> {
  const services = new Map<string, object>();
  for (const module of app.get(ModulesContainer).values()) {
    for (const { name, instance } of [...module.providers.values(), ...module.controllers.values()]) {
      const isOurs = typeof instance === 'object' && instance !== null && typeof name === 'string';
      if (isOurs && instance.constructor.name === name) services.set(name, instance);
    }
  }
  return sizesOf(services);
}
