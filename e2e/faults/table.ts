import { appendFileSync } from 'node:fs';

/** A measured number and its limit. Without a limit it is only reported. */
export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly unit?: string;
  readonly most?: number;
  readonly least?: number;
}

export interface Row {
  /** The play's name on the command line. */
  readonly play: string;
  readonly fault: string;
  readonly requests: number;
  /** Requests without the wanted response, by the kind of failure. */
  readonly failed: ReadonlyMap<string, number>;
  /** Writes that were acknowledged by a 201, and how many of them are not in the database. */
  readonly acknowledged: number;
  readonly lost: number;
  /** The times of the wanted responses in milliseconds, in any order. */
  readonly times: readonly number[];
  readonly measures: readonly Measure[];
}

/** Failures that a fault may cause: a part that does not answer, overload, a broken connection. */
const excused = /^(408 OBP-01000|429 OBP-10018|E[A-Z]+$)/;

/**
 * The missed goals: lost acknowledged writes, failures that a fault does not excuse, and numbers beyond their limits.
 */
export function missed({ failed, lost, measures }: Row): string[] {
  return [
    ...(lost > 0 ? [`${lost} acknowledged writes lost`] : []),
    ...[...failed].filter(([reason]) => !excused.test(reason)).map(([reason, count]) => `${count} × ${reason}`),
    ...measures
      .filter(({ value, most = Infinity, least = -Infinity }) => !(value <= most && value >= least))
      .map(({ what, value, unit }) => `${what} ${number(value, unit)}`),
  ];
}

/** Adds the row to the table of this run: a file named by FAULTS_TABLE, and standard output. */
export function record(row: Row): void {
  const line = `${lineOf(row)}\n`;
  process.stdout.write(`\n${line}\n`);
  const file = process.env['FAULTS_TABLE'];
  if (file !== undefined) appendFileSync(file, line);
}

/** The time below which this part of the times lies; `part` is from 0 to 1. 0 when there are no times. */
export function quantile(times: readonly number[], part: number): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * part)] ?? 0;
}

export const sumOf = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

function lineOf(row: Row): string {
  const reasons = [...row.failed].map(([reason, count]) => `${count} × ${reason}`).join(', ');
  const failed = `${sumOf(row.failed)}${reasons === '' ? '' : ` (${reasons})`}`;
  const latency = [0.5, 0.99].map((part) => number(quantile(row.times, part))).join(' / ');
  const result = missed(row).join('; ') || 'met';
  return `| ${row.play}: ${row.fault} | ${row.requests} | ${failed} | ${row.acknowledged} / ${row.lost} | ${latency} | ${row.measures.map(textOf).join('; ')} | ${result} |`;
}

function textOf({ what, value, unit, most, least }: Measure): string {
  const goals = [
    ...(most === undefined ? [] : [`≤ ${number(most, unit)}`]),
    ...(least === undefined ? [] : [`≥ ${number(least, unit)}`]),
  ];
  return [`${what} ${number(value, unit)}`, ...goals].join(' ');
}

/** Shows three digits, and always all digits before the decimal point. */
const number = (value: number, unit?: string): string =>
  `${Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))}${unit === undefined ? '' : ` ${unit}`}`;
