import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';

/** Gauges with the name of a counter; those without the ending say the same by type. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

let metrics: readonly Metric[] | undefined;

/**
 * The library's own: `process_…` and `nodejs_…`. One of each for the process, whose figures they are, and not one for
 * each gateway in it: a timer that runs a hundred times a second and an observer of the garbage collection come with
 * them, nothing ends these, and they would keep every gateway that ever ran in memory.
 */
export function metricsOfProcess(): readonly Metric[] {
  metrics ??= collect();
  return metrics;
}

function collect(): readonly Metric[] {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return registry.getMetricsAsArray().flatMap(({ name }) => registry.getSingleMetric(name) ?? []);
}
