import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './processes/program.js';

/** The statements that read or write rows of several banks. docs/scaling.md says why, and what each costs. */
const crossing = [
  'agents: agentAtAnyBank',
  'customers: anyBankList',
  'customers: anyBankListKey',
  'customers: banksToCount',
  'customers: nextBank',
  'directory: accountsHeld',
  'directory: banksOfEvents',
  'directory: takenEvents',
  'directory: takenIbans',
  'links: userLinksOfUserAtAnyBank',
  'outbox: backlogOf',
  'outbox: dueTasks',
];

interface Statement {
  /** "customers: anyBankList": the place, and what is exported there. */
  readonly name: string;
  readonly text: string;
}

const places = [
  ...['agents', 'attributes', 'customers', 'directory', 'links'].map((name) => ({ name, folder: `apps/${name}/src` })),
  ...['customer-presence', 'outbox'].map((name) => ({ name, folder: `libs/${name}/src` })),
];
const sources = places.flatMap(({ name, folder }) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .map((path) => ({ name, path, text: readFileSync(join(root, folder, path), 'utf8') })),
);

/** The tables that are distributed: their first column, and so the first of their key, is the bank. */
const tables = new Set(
  sources.flatMap(({ text }) =>
    [...text.matchAll(/create table (\w+) \(\s*bank_id (?!text primary key)/g)].map(([, table]) => table),
  ),
);

const statements = sources
  .filter(({ path }) => !path.startsWith('migrations'))
  .flatMap(({ name, text }) => literals(text).map((found) => ({ name: `${name}: ${found.name}`, text: found.text })))
  .filter(({ text }) => tablesOf(text).some((table) => tables.has(table)));

function literals(source: string): Statement[] {
  return [...source.matchAll(/`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'/g)].map((found) => ({
    name:
      [...source.slice(0, found.index).matchAll(/^(?:export )?(?:async )?(?:const|function) (\w+)/gm)].at(-1)?.[1] ??
      '',
    text: found[0],
  }));
}

function tablesOf(text: string): string[] {
  return [...text.matchAll(/\b(?:from|join|update|into) (\w+)/g)].map(([, table]) => table as string);
}

/** Whether a value of the statement says of which bank its rows are. */
function namesItsBank(text: string): boolean {
  return /bank_id = (?:\$\d|\?|any|\$\{bank\})|insert into \w+ \(bank_id|\$\{is(?:Task|Bank|Pair)\}/.test(text);
}

describe('statements on tables that are distributed by the bank', () => {
  it('are found', () => {
    expect([...tables]).toEqual(
      expect.arrayContaining(['account', 'agent', 'customer', 'customer_attribute', 'outbox']),
    );
    expect(tables).not.toContain('app_user');
    expect(statements.length).toBeGreaterThan(60);
  });

  it('name their bank, except those that are meant for several', () => {
    const without = statements.filter(({ text }) => !namesItsBank(text)).map(({ name }) => name);
    expect([...new Set(without)].sort()).toEqual(crossing);
  });

  it('are in the documentation when they cross banks', () => {
    const page = readFileSync(join(root, 'docs/scaling.md'), 'utf8');
    expect(crossing.filter((name) => !page.includes(`\`${name.replace(/.*: /, '')}\``))).toEqual([]);
  });
});
