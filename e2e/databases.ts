import { type ServiceName, serviceNames } from '@platform/allinone';
import { prepareDatabase, type ServiceDefinition } from '@platform/service';
import { createTestDatabase, isOnCitus } from '@platform/testing';
import { database as agents } from '../apps/agents/src/gen/database.js';
import { database as attributes } from '../apps/attributes/src/gen/database.js';
import { database as customers } from '../apps/customers/src/gen/database.js';
import { database as directory } from '../apps/directory/src/gen/database.js';
import { database as events } from '../apps/events/src/gen/database.js';
import { database as links } from '../apps/links/src/gen/database.js';

/** The services' entities and migrations; each template is migrated once per run. */
const definitions: Record<ServiceName, Pick<ServiceDefinition, 'entities' | 'migrations'>> = {
  agents,
  attributes,
  customers,
  directory,
  events,
  links,
};

/** An empty database for each service, with the environment that names them. */
export async function serviceDatabases(): Promise<{ env: Record<string, string>; close(): Promise<void> }> {
  const open = async (name: ServiceName) => {
    const definition = definitions[name];
    const { url, close } = await createTestDatabase(`e2e-${name}`, (template) =>
      prepareDatabase(definition, template, isOnCitus()),
    );
    return { name, url, close };
  };
  const databases = await Promise.all(serviceNames.map(open));
  return {
    env: Object.fromEntries(databases.map(({ name, url }) => [`${name.toUpperCase()}_DATABASE_URL`, url])),
    close: async () => void (await Promise.all(databases.map((database) => database.close()))),
  };
}
