import type { InstrumentDefinition, Record as Write } from './instrument.js';

/** What prom-client prints for one time series. */
interface PrintedValue {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric in the form that a registry of prom-client prints. */
export interface PrintedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: InstrumentDefinition['kind'];
  get(): Promise<PrintedMetric & { readonly values: readonly PrintedValue[] }>;
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  sum: number;
  count: number;
  /** How many values each bucket alone has; without those above the last limit. */
  readonly inBucket: number[];
}

/**
 * Keeps the values of an instrument. prom-client hashes and checks the labels of every value: 0.7 µs for a histogram instead of
 * 0.02, and a request has a dozen.
 * @param budget how many time series the process may still add; when it is used up, new labels count as "other"
 */
export function createSeries(
  definition: InstrumentDefinition,
  budget: { left: number },
): { readonly record: Write; readonly metric: PrintedMetric } {
  const { kind, name, help, buckets = [] } = definition;
  const all = new Map<string, Series>();
  const price = printed(definition, seriesOf(definition, [])).length;
  const added = (key: string, labels: readonly string[]): Series => {
    const series = seriesOf(definition, labels);
    all.set(key, series);
    return series;
  };
  const find = (key: string, labels: readonly string[]): Series => {
    if (budget.left >= price) {
      budget.left -= price;
      return added(key, labels);
    }
    return (
      all.get('other') ??
      added(
        'other',
        definition.labels.map(() => 'other'),
      )
    );
  };
  return {
    record(value, ...labels) {
      const key = labels.length === 1 ? (labels[0] as string) : labels.join('\n');
      const series = all.get(key) ?? find(key, labels);
      series.sum += value;
      series.count += 1;
      const index = buckets.findIndex((limit) => value <= limit);
      if (index >= 0) series.inBucket[index] = (series.inBucket[index] as number) + 1;
    },
    metric: {
      name,
      help,
      type: kind,
      async get() {
        return { ...this, values: [...all.values()].flatMap((series) => printed(definition, series)) };
      },
    },
  };
}

function seriesOf({ labels: names, buckets = [] }: InstrumentDefinition, values: readonly string[]): Series {
  const labels = Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  return { labels, sum: 0, count: 0, inBucket: buckets.map(() => 0) };
}

function printed({ kind, name, buckets = [] }: InstrumentDefinition, series: Series): PrintedValue[] {
  const { labels, sum, count, inBucket } = series;
  if (kind === 'counter') return [{ metricName: name, labels, value: sum }];
  let below = 0;
  const limits = buckets.map((limit, index) => {
    below += inBucket[index] as number;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: String(limit) }, value: below };
  });
  const rest =
    kind === 'histogram' ? [{ metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count }] : [];
  return [
    ...limits,
    ...rest,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
