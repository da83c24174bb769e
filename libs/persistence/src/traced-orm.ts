import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Scope } from '@platform/telemetry';
import { summaryOf, traced } from './observed.js';

/** What the ORM passes with a statement. It copies objects, but not functions. */
interface Context {
  readonly scope?: () => Scope;
}

/** The methods of the ORM's connection that every statement passes. */
interface Connection {
  executeQuery<T>(text: string, run: () => Promise<T>, context?: Context): Promise<T>;
  commit(transaction: object, ...rest: unknown[]): Promise<void>;
}

/** The scopes of running transactions. */
const transactions = new WeakMap<object, Scope>();

/** Makes the statements of `ormIn` appear in their traces. Once for each ORM. */
export function traceCommands(orm: MikroORM): void {
  const connection = orm.em.getConnection() as unknown as Connection;
  const executeQuery = connection.executeQuery.bind<Connection['executeQuery']>(connection);
  const commit = connection.commit.bind(connection);
  connection.executeQuery = (text, run, context) => {
    const scope = context?.scope?.();
    return executeQuery(text, scope === undefined ? run : () => traced(scope, summaryOf(text), run), context);
  };
  connection.commit = (transaction, ...rest) => {
    const scope = transactions.get(transaction);
    const run = () => commit(transaction, ...rest);
    return scope === undefined ? run() : traced(scope, 'commit', run);
  };
}

/** The ORM for commands whose statements are part of the scope. */
export function ormIn(orm: MikroORM, scope: Scope): MikroORM {
  const em = Object.create(orm.em, { fork: { value: () => forkIn(orm, scope) } }) as EntityManager;
  return Object.create(orm, { em: { value: em } }) as MikroORM;
}

function forkIn(orm: MikroORM, scope: Scope): EntityManager {
  const em = orm.em.fork({ loggerContext: { scope: () => scope } });
  const begin = em.begin.bind(em);
  const execute = em.execute.bind(em) as (...statement: unknown[]) => Promise<unknown>;
  return Object.assign(em, {
    async begin(options?: Parameters<typeof begin>[0]) {
      await traced(scope, 'begin', () => begin(options));
      transactions.set(em.getTransactionContext() as object, scope);
    },
    // The ORM does not pass its context with these statements.
    execute: (text: unknown, values: unknown = [], method: unknown = 'all') =>
      execute(text, values, method, em.getLoggerContext()),
  });
}
