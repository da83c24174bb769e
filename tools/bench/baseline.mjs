// The process that the platform is compared with, written as an experienced developer would write it for these
// operations: fastify; pg with prepared statements; as few queries as a response allows, concurrent where they do not
// depend on each other; identities and banks kept in memory.
import Fastify from 'fastify';
import { attributeRoutes } from './baseline/attributes.mjs';
import { customerRoutes } from './baseline/customers.mjs';
import { openDatabases } from './baseline/databases.mjs';
import { createGuard } from './baseline/guard.mjs';
import { linkRoutes } from './baseline/links.mjs';
import { overviewRoutes } from './baseline/overview.mjs';

const { PORT, TOKEN, BANK_ID } = process.env;

const databases = openDatabases(process.env);
const guard = createGuard({ token: TOKEN, bank_id: BANK_ID });
const app = Fastify({ bodyLimit: 1_048_576, keepAliveTimeout: 65_000 });
app.get('/livez', async () => ({}));
for (const { role, path, body, ...route } of [customerRoutes, attributeRoutes, overviewRoutes, linkRoutes].flatMap(
  (/** @type {(databases: any) => any[]} */ routes) => routes(databases),
)) {
  app.route({
    ...route,
    url: `/obp/v5.1.0/banks/:bank_id${path}`,
    onRequest: guard(role),
    ...(body ? { schema: { body } } : {}),
  });
}
process.once('SIGTERM', () => void app.close().then(() => databases.close()));
await app.listen({ host: '127.0.0.1', port: Number(PORT) });
