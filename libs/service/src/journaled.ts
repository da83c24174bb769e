import type { BoundService } from '@platform/grpc';
import { createJournal, type Journal } from '@platform/journal';
import type { Parent } from '@platform/persistence';
import { type Clock, kinds } from '@platform/runtime';
import { type ServiceConfig, serviceConfig, serviceSettings, type SharedValues } from './config.js';
import { createService, type RunningService, type ServiceDefinition, type ServiceParts } from './service.js';

/** The configuration of a service that keeps a journal. */
export interface JournaledConfig extends ServiceConfig {
  /** JOURNAL_KEY: wraps the keys that encrypt the journal's values. */
  readonly journal_key: string;
}

const journalSettings = {
  JOURNAL_KEY: {
    schema: kinds.secrets(32),
    about:
      'protects the values in the journal, at least 32 characters; never lose it; two with a comma between them: the first protects new values, both read',
    secret: true,
    absent: () => 'JOURNAL_KEY must be set, to a secret that is kept as long as the data (`npm start` generates it)',
  },
} as const;

/** The settings of a service with a journal. */
export function journaledSettings<const N extends string>(
  name: N,
  port: number,
): ReturnType<typeof serviceSettings<N>> & typeof journalSettings {
  return { ...serviceSettings(name, port), ...journalSettings };
}

/** Builds the configuration of a service with a journal, from its settings, which have its key. */
export function journaledConfig(
  name: string,
  values: SharedValues & { readonly JOURNAL_KEY: string | undefined },
): JournaledConfig {
  return { ...serviceConfig(name, values), journal_key: values.JOURNAL_KEY as string };
}

/** The resources of a service whose commands leave entries: all inserts go through the journal. */
export type JournaledParts = Omit<ServiceParts, 'writer'> & { readonly journal: Journal };

export interface JournaledDefinition extends Omit<ServiceDefinition, 'services'> {
  /** The customers to whom inserted records belong; absent where each record is its own subject. */
  readonly parent?: Parent;
  /** Like a service's, but its rpcs change records through the journal. */
  services(parts: JournaledParts): JournaledRpcs | Promise<JournaledRpcs>;
}

/** A service's database, and the journal of its changes. */
export type JournaledDatabase = Pick<JournaledParts, 'orm' | 'reader' | 'journal'>;

export type JournaledRpcs = (database: JournaledDatabase) => readonly BoundService[];

/** Starts a service with a journal. */
export function createJournaledService(
  { parent, services, ...definition }: JournaledDefinition,
  config: JournaledConfig,
  clock?: Clock,
): Promise<RunningService> {
  return createService(
    {
      ...definition,
      async services({ writer, ...parts }) {
        const journal = parts.closing(createJournal({ ...parts, writer, secret: config.journal_key, parent }));
        const rpcs = await services({ ...parts, journal });
        return (database) => rpcs({ orm: database.orm, reader: database.reader, journal: journal.in(database) });
      },
    },
    config,
    clock,
  );
}
