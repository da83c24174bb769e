import { cpus } from 'node:os';
import type { Outcome } from './checked-load.js';

/** What a fault may cost at most. */
export interface Goal {
  /** Part of the requests. */
  readonly failed: number;
  /** Milliseconds without a success. */
  readonly gap_ms: number;
}

export interface Row {
  readonly fault: string;
  readonly outcome: Outcome;
  readonly lost: number;
  readonly goal: Goal;
}

/** What is missed: acknowledged writes that are gone, failures or pauses beyond the goal, and answers that no fault excuses. */
export function missed({ outcome, lost, goal }: Row): string[] {
  const { requests, failed, gap_ms } = outcome;
  const share = sumOf(failed) / requests;
  const excused = /^(408 OBP-01000|429 OBP-10018|E[A-Z]+)/;
  return [
    ...(lost > 0 ? [`${lost} acknowledged writes lost`] : []),
    ...(share > goal.failed ? [`${percent(share)} failed`] : []),
    ...(gap_ms > goal.gap_ms ? [`${gap_ms} ms without a success`] : []),
    ...[...failed].filter(([reason]) => !excused.test(reason)).map(([reason, count]) => `${count} × ${reason}`),
  ];
}

/** The rows as Markdown, for people and for docs/reliability.md. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { requests, failed, acknowledged, gap_ms, p50_ms, p99_ms } = row.outcome;
    const reasons = [...failed].map(([reason, count]) => `${count} × ${reason}`).join(', ');
    const goal = `≤ ${percent(row.goal.failed)}, ≤ ${row.goal.gap_ms} ms`;
    const result = missed(row).join('; ') || 'met';
    return `| ${row.fault} | ${requests} | ${sumOf(failed)}${reasons === '' ? '' : ` (${reasons})`} | ${acknowledged.length} / ${row.lost} | ${gap_ms} | ${p50_ms} / ${p99_ms} | ${goal} | ${result} |`;
  });
  return [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.versions.node}`,
    '',
    '| fault | requests | failed | acknowledged / lost writes | longest pause, ms | p50 / p99, ms | goal: failed, pause | result |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

const sumOf = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, count) => sum + count, 0);
const percent = (part: number): string => `${(100 * part).toFixed(part < 0.01 ? 2 : 1)} %`;
