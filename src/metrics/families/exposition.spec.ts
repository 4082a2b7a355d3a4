import { describe, expect, it } from '@jest/globals';
import parse from 'parse-prometheus-text-format';
import { Counter } from 'prom-client';
import { samplesOf } from '../../../test/support/read-metrics.js';
import { Exposition } from './exposition.js';
import { HistogramFamily } from './histogram-family.js';
import { ValueFamily } from './value-family.js';

const HOSTILE = 'a"b\\c\nd{}=,#é\u2028';

function exposed() {
  const exposition = new Exposition();
  const counter = exposition.add(
    new ValueFamily('counter', { name: 'asked_total', help: 'Asked', labelNames: ['who', 'how'] }),
  );
  const histogram = exposition.add(
    new HistogramFamily({ name: 'took_seconds', help: 'Took', labelNames: ['who'], bounds: [0.5, 1] }),
  );
  return { exposition, counter, histogram };
}

describe('Exposition', () => {
  it('writes what a parser reads back, whatever a label holds', async () => {
    const { exposition, counter, histogram } = exposed();
    counter.of({ who: HOSTILE, how: '' }).value = 3.5;
    for (const value of [0.5, 0.75, 2]) histogram.of({ who: HOSTILE }).observe(value);
    const gauge = exposition.add(new ValueFamily('gauge', { name: 'now', help: 'Now', labelNames: [] }));
    gauge.of({}).value = -1;
    new Counter({ name: 'theirs_total', help: 'Theirs', registers: [exposition] }).inc(2);
    const page = await exposition.metrics();
    expect(parse(page).map(({ name, help, type }) => [name, help, type])).toEqual([
      ['asked_total', 'Asked', 'COUNTER'],
      ['took_seconds', 'Took', 'HISTOGRAM'],
      ['now', 'Now', 'GAUGE'],
      ['theirs_total', 'Theirs', 'COUNTER'],
    ]);
    const who = HOSTILE;
    expect(samplesOf(page)).toEqual([
      { name: 'asked_total', labels: { who, how: '' }, value: 3.5 },
      { name: 'took_seconds_bucket', labels: { who, le: '0.5' }, value: 1 },
      { name: 'took_seconds_bucket', labels: { who, le: '1' }, value: 2 },
      { name: 'took_seconds_bucket', labels: { who, le: '+Inf' }, value: 3 },
      { name: 'took_seconds_sum', labels: { who }, value: 3.25 },
      { name: 'took_seconds_count', labels: { who }, value: 3 },
      { name: 'now', labels: {}, value: -1 },
      { name: 'theirs_total', labels: {}, value: 2 },
    ]);
  });

  it('has one series for the same labels, in whatever order they are told', async () => {
    const { exposition, counter } = exposed();
    counter.of({ who: 'one', how: 'well' }).value++;
    counter.of({ how: 'well', who: 'one' }).value++;
    expect(await exposition.getSingleMetricAsString('asked_total')).toMatch(/^asked_total\{who="one",how="well"\} 2$/m);
    counter.remove({ how: 'well', who: 'one' });
    expect(await exposition.getSingleMetricAsString('asked_total')).not.toContain('one');
  });

  it('takes no two metrics of one name', () => {
    const { exposition } = exposed();
    const again = new ValueFamily('gauge', { name: 'took_seconds', help: 'Again', labelNames: [] });
    expect(() => exposition.add(again)).toThrow('already been registered');
  });

  it('looks at what is only looked at before it tells anything', async () => {
    const { exposition, counter } = exposed();
    exposition.onReading(() => {
      counter.of({ who: 'one', how: 'late' }).value++;
    });
    expect(await exposition.metrics()).toContain('asked_total{who="one",how="late"} 1');
    expect(await exposition.getMetricsAsJSON()).toContainEqual(
      expect.objectContaining({ name: 'asked_total', values: [{ labels: { who: 'one', how: 'late' }, value: 2 }] }),
    );
  });

  it('is made once for all who ask at the same time', async () => {
    const { exposition, counter } = exposed();
    const looks = counter.of({ who: 'all', how: '' });
    exposition.onReading(() => {
      looks.value++;
    });
    const [one, other] = await Promise.all([exposition.metrics(), exposition.metrics()]);
    expect([one === other, looks.value]).toEqual([true, 1]);
    await exposition.metrics();
    expect(looks.value).toBe(2);
  });
});
