import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import parse from 'parse-prometheus-text-format';
import { parse as parseYaml } from 'yaml';
import { Simulator } from '../../simulator/simulator.js';
import { Metrics } from '../../src/metrics/metrics.service.js';
import { parseQuery, type Query } from '../support/promql.js';
import { type MetricSample, samplesOf } from '../support/read-metrics.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const fileOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook_url: string };
}
interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; datasource: { uid: string } }[];
}

const rules = (
  parseYaml(fileOf('helm/amq-gateway/files/alerts.yaml')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(fileOf('helm/amq-gateway/files/dashboard.json')) as {
  schemaVersion: number;
  panels: Panel[];
  templating: { list: { name: string; type: string }[] };
};
const operations = fileOf('docs/operations.md');

/** Name, type, labels. The first six are a promise (contract §5); people's dashboards and alerts know the others. */
const METRICS = [
  'amazonq_account_available gauge account_id',
  'amazonq_active_requests gauge account_id',
  'amazonq_circuit_breaker_opened_total counter account_id',
  'amazonq_errors_total counter account_id,error_type',
  'amazonq_requests_total counter account_id,status',
  'amazonq_response_seconds histogram account_id',
  'amq_gateway_accounts gauge status',
  'amq_gateway_attempts_per_request histogram outcome',
  'amq_gateway_auth_failures_total counter reason',
  'amq_gateway_betas_total counter beta',
  'amq_gateway_build_info gauge version,node_version',
  'amq_gateway_circuit_breaker_state gauge account_id',
  'amq_gateway_client_registration_expires_timestamp_seconds gauge account_id',
  'amq_gateway_cost_usd_total counter model',
  'amq_gateway_credits_total counter model',
  'amq_gateway_database_up gauge',
  'amq_gateway_draining gauge',
  'amq_gateway_event_loop_lag_seconds gauge',
  'amq_gateway_ignored_fields_total counter field',
  'amq_gateway_key_refusals_total counter limit',
  'amq_gateway_open_streams gauge protocol',
  'amq_gateway_probes_total counter outcome',
  'amq_gateway_ready gauge',
  'amq_gateway_request_errors_total counter protocol,kind',
  'amq_gateway_request_seconds histogram protocol,outcome',
  'amq_gateway_requests_total counter protocol,outcome',
  'amq_gateway_time_to_first_token_seconds histogram protocol',
  'amq_gateway_token_renewals_total counter outcome',
  'amq_gateway_tokens_total counter direction,model',
  'amq_gateway_unstored_responses_total counter reason',
  'amq_gateway_usage_ledger_dropped_rows_total counter',
  'amq_gateway_usage_ledger_lag_seconds gauge',
  'amq_gateway_usage_ledger_pending_rows gauge',
  'amq_gateway_usage_ledger_written_rows_total counter',
  'amq_gateway_waiting_requests gauge',
  'amq_gateway_webhook_deliveries_total counter outcome',
  'amq_gateway_webhook_deliveries_waiting gauge',
];
/** Prometheus adds them. */
const TARGET_LABELS = ['job', 'instance'];
const OF_PROMETHEUS = new Set(['up']);

let simulator: Simulator;
let gateway: RunningGateway;
let page: string;
let samples: MetricSample[];

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
  const metrics = gateway.app.get(Metrics);
  // There once something is known of them.
  metrics.clientRegistration('one', new Date());
  metrics.requestIgnored(['other'], ['other']);
  page = await (await fetch(`${gateway.url}/metrics`)).text();
  samples = samplesOf(page);
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

/** @throws where the query names what no scrape has */
function checkQuery(expression: string): Query {
  const query = parseQuery(expression);
  const labels = new Set(TARGET_LABELS);
  for (const { metric, matchers } of query.selectors) {
    if (OF_PROMETHEUS.has(metric)) continue;
    const series = samples.filter(({ name }) => name === metric);
    if (series.length === 0) throw new Error(`there is no ${metric}`);
    for (const sample of series) for (const label of Object.keys(sample.labels)) labels.add(label);
    for (const { label, values } of matchers) {
      if (TARGET_LABELS.includes(label)) continue;
      for (const value of values) {
        if (!series.some((sample) => sample.labels[label] === value)) {
          throw new Error(`there is no ${metric}{${label}="${value}"}`);
        }
      }
    }
  }
  for (const label of query.groupings) if (!labels.has(label)) throw new Error(`nothing has ${label}: ${expression}`);
  return query;
}

describe('a scrape', () => {
  it('has these metrics, of these types, with these labels', () => {
    const metrics = parse(page).flatMap(({ name, type }) => {
      if (!/^am/.test(name)) return [];
      const series = samples.filter((sample) => sample.name === name || sample.name === `${name}_count`);
      const labels = new Set(series.flatMap((sample) => Object.keys(sample.labels)));
      return [`${name} ${type.toLowerCase()} ${[...labels].join(',')}`.trim()];
    });
    expect(metrics.sort()).toEqual(METRICS);
  });

  it('says of each metric what it is, in docs/operations.md too', () => {
    for (const { name, help } of parse(page).filter(({ name }) => /^am/.test(name))) {
      expect([name, help.length > 10]).toEqual([name, true]);
      const isNamed =
        operations.includes(`\`${name}\``) || operations.includes(`\`…${name.slice(name.indexOf('_ledger') + 7)}\``);
      expect([name, isNamed]).toEqual([name, true]);
    }
  });
});

describe('the alert rules', () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))('%s asks for what there is', (_name, rule) => {
    expect(checkQuery(rule.expr).selectors).not.toEqual([]);
    expect(['critical', 'warning']).toContain(rule.labels.severity);
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))('%s says where to read on', (name, rule) => {
    expect(rule.annotations.summary.length).toBeGreaterThan(20);
    expect(rule.annotations.runbook_url).toBe(`docs/operations.md#${name.toLowerCase()}`);
    expect(operations).toContain(`\n### ${name}\n\nMeans: `);
  });

  it('have a name each, and none is explained that there is not', () => {
    const explained = [...operations.matchAll(/^### (AmqGateway\w+)$/gm)].map(([, name]) => name);
    expect(explained).toEqual(rules.map(({ alert }) => alert));
  });

  it('would be found out if they named what is not there', () => {
    expect(() => checkQuery('rate(amq_gateway_request_total[5m])')).toThrow('there is no amq_gateway_request_total');
    expect(() => checkQuery('amq_gateway_accounts{status="lost"}')).toThrow('status="lost"');
    expect(() => checkQuery('sum by (model) (amq_gateway_ready)')).toThrow('nothing has model');
    expect(() => checkQuery('sum(rate(amq_gateway_ready[5m])')).toThrow('no PromQL');
  });
});

describe('the dashboard', () => {
  const withTargets = dashboard.panels.filter(({ type }) => type !== 'row');

  it('can be imported: it asks which data source, and every panel has its place', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const taken = new Set<string>();
    for (const { gridPos, title } of dashboard.panels) {
      expect([title, gridPos.x + gridPos.w <= 24]).toEqual([title, true]);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect([title, taken.has(`${x} ${y}`)]).toEqual([title, false]);
          taken.add(`${x} ${y}`);
        }
      }
    }
  });

  it.each(withTargets.map((panel) => [panel.title, panel] as const))('shows %s', (_title, { targets = [] }) => {
    expect(targets).not.toEqual([]);
    for (const { expr, datasource } of targets) {
      expect(datasource.uid).toBe(`$${'{datasource}'}`);
      checkQuery(expr.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '6h'));
    }
  });

  it('leaves no metric of ours out but those of what clients send', () => {
    const shown = new Set(
      withTargets.flatMap(({ targets = [] }) =>
        targets.flatMap(({ expr }) => {
          const query = parseQuery(expr.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '6h'));
          return query.selectors.map(({ metric }) => metric.replace(/_(bucket|sum|count)$/, ''));
        }),
      ),
    );
    const missing = METRICS.map((line) => line.split(' ')[0] as string).filter((name) => !shown.has(name));
    expect(missing).toEqual(['amq_gateway_betas_total', 'amq_gateway_ignored_fields_total']);
  });
});
