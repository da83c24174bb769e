import { expect, it } from '@jest/globals';
import { createSeries } from './series.js';

const valuesOf = async ({ metric }: ReturnType<typeof createSeries>) =>
  Object.fromEntries(
    (await metric.get()).values.map(({ metricName, labels, value }) => [
      [metricName, ...Object.values(labels)].join(' '),
      value,
    ]),
  );

it('adds up a counter by its labels', async () => {
  const series = createSeries({ kind: 'counter', name: 'calls_total', help: '', labels: ['rpc', 'code'] }, { left: 9 });
  series.record(1, 'a', 'OK');
  series.record(2, 'a', 'OK');
  series.record(1, 'a', 'UNAVAILABLE');
  expect(await valuesOf(series)).toEqual({ 'calls_total a OK': 3, 'calls_total a UNAVAILABLE': 1 });
});

it('counts a value in its bucket and in all that are larger; a limit belongs to its bucket', async () => {
  const series = createSeries(
    { kind: 'histogram', name: 'size', help: '', labels: ['of'], buckets: [1, 8] },
    { left: 9 },
  );
  for (const value of [1, 2, 8, 9]) series.record(value, 'rows');
  expect(await valuesOf(series)).toEqual({
    'size_bucket rows 1': 1,
    'size_bucket rows 8': 3,
    'size_bucket rows +Inf': 4,
    'size_sum rows': 20,
    'size_count rows': 4,
  });
});

it('keeps the sum and the number for a summary', async () => {
  const series = createSeries({ kind: 'summary', name: 'took', help: '', labels: ['rpc'] }, { left: 9 });
  series.record(0.5, 'a');
  series.record(0.25, 'a');
  expect(await valuesOf(series)).toEqual({ 'took_sum a': 0.75, 'took_count a': 2 });
});

it('counts as "other" what there is no room for, together for all such labels', async () => {
  const series = createSeries({ kind: 'summary', name: 'took', help: '', labels: ['rpc'] }, { left: 3 });
  for (const rpc of ['a', 'b', 'c', 'a']) series.record(1, rpc);
  expect(await valuesOf(series)).toEqual({
    'took_sum a': 2,
    'took_count a': 2,
    'took_sum other': 2,
    'took_count other': 2,
  });
});
