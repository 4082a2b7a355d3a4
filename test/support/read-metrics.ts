import parse from 'parse-prometheus-text-format';

/** One sample of a page of metrics. */
export interface MetricSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Every sample, read by a parser of the Prometheus text format. */
export function samplesOf(page: string): MetricSample[] {
  // Of what it takes for a histogram the parser drops the labels.
  const untyped = page.replace(/^# TYPE .*$/gm, '');
  return parse(untyped).flatMap(({ name, metrics }) =>
    metrics.map(({ labels = {}, value }) => ({ name, labels: { ...labels }, value: Number(value) })),
  );
}

/** What the samples of that name and these labels say together. */
export function totalOf(samples: readonly MetricSample[], name: string, labels: Record<string, string> = {}): number {
  return samples
    .filter((sample) => sample.name === name && isLabelled(sample, labels))
    .reduce((sum, { value }) => sum + value, 0);
}

function isLabelled(sample: MetricSample, labels: Record<string, string>): boolean {
  return Object.entries(labels).every(([name, value]) => sample.labels[name] === value);
}
