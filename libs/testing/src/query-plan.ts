import { Client } from 'pg';

/** A node of a plan, as PostgreSQL explains it in JSON after running it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

export interface Explainer {
  /** All nodes of the plan with which the statement ran. A generic plan is made without the values. */
  plan(text: string, values: readonly unknown[], mode: 'custom' | 'generic'): Promise<PlanNode[]>;
  close(): Promise<void>;
}

/** @param session the parameters of the sessions under test, in addition to the URL */
export async function createExplainer(url: string, session: object = {}): Promise<Explainer> {
  const client = new Client({ connectionString: url, ...session });
  await client.connect();
  const literal = (value: unknown): string =>
    Array.isArray(value) ? `array[${value.map(literal).join(',')}]::text[]` : client.escapeLiteral(String(value));
  return {
    async plan(text, values, mode) {
      await client.query(`set plan_cache_mode = force_${mode}_plan`);
      // PostgreSQL makes generic plans only for prepared statements.
      await client.query(`prepare planned as ${text}`);
      try {
        const run = values.length === 0 ? 'planned' : `planned (${values.map(literal).join(', ')})`;
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
          `explain (analyze, format json) execute ${run}`,
        );
        return rows.flatMap((row) => nodesOf(row['QUERY PLAN'][0].Plan));
      } finally {
        await client.query('deallocate planned');
      }
    },
    close: () => client.end(),
  };
}

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
