import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@platform/testing';
import { createDataFolder } from './folder.js';
import { platformPorts } from './free-ports.js';
import { createOpen } from './open.js';
import { isAlive, startProgram } from './program.js';
import { statusOf } from './stack.js';
import { paste, printedTour, touredCustomer } from './tour.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

const { opened, closeAll } = createOpen();
afterEach(closeAll);

describe('npm run start:separate', () => {
  it('prints the same commands, which work, and stops everything at Ctrl-C', async () => {
    const folder = opened(createDataFolder());
    const ports = await platformPorts();
    const program = opened(startProgram('tools/start-separate.mjs', { ...ports, DATA_DIR: folder.path }));
    await program.said('Ctrl-C stops everything', 30_000);
    const origin = `http://127.0.0.1:${ports.PORT}`;
    expect(program.output()).toContain(
      `services        directory :${ports.DIRECTORY_PORT}, customers :${ports.CUSTOMERS_PORT}, attributes :${ports.ATTRIBUTES_PORT}, links :${ports.LINKS_PORT}, agents :${ports.AGENTS_PORT}, events :${ports.EVENTS_PORT} (gRPC`,
    );
    const customer = touredCustomer(await paste(printedTour(program.output())));
    expect(customer).toMatchObject({ legal_name: 'Eveline Tripman', bank_id: 'gh.29.uk' });

    const server = folder.serverPid() as number;
    program.interrupt();
    expect(await program.ended()).toBe(0);
    expect(isAlive(server)).toBe(false);
    for (const port of Object.values(ports)) expect(await statusOf(`http://127.0.0.1:${port}`, '/livez')).toBe(0);
    expect(await statusOf(origin, '/livez')).toBe(0);
  });

  it('stops the others when one cannot start, and says which', async () => {
    const folder = opened(createDataFolder());
    const ports = await platformPorts();
    const program = opened(
      startProgram('tools/start-separate.mjs', {
        ...ports,
        CUSTOMERS_PORT: ports.DIRECTORY_PORT,
        DATA_DIR: folder.path,
      }),
    );
    expect(await program.ended(30_000)).toBe(1);
    expect(program.output()).toMatch(/(customers|directory) ended unexpectedly \(exit code 1\)/);
    expect(program.output()).toMatch(
      new RegExp(`: port ${ports.DIRECTORY_PORT} is in use: set (CUSTOMERS|DIRECTORY)_PORT to another one`),
    );
    await eventually(2_000, 'PostgreSQL to end', () => folder.serverPid() === undefined);
  });

  it('refuses production without secrets before it starts anything', async () => {
    const program = opened(startProgram('tools/start-separate.mjs', { NODE_ENV: 'production' }));
    expect(await program.ended()).toBe(2);
    expect(program.output()).toContain('CALLER_SECRET must be set when NODE_ENV=production');
  });

  it('tells at once what is absent and what is malformed', async () => {
    const program = opened(
      startProgram('apps/directory/dist/main.js', { NODE_ENV: 'production', DATABASE_POOL: 'four', LINK_TLS_CA: '' }),
    );
    expect(await program.ended()).toBe(2);
    for (const fault of [
      'DIRECTORY_DATABASE_URL or DATABASE_URL must be set',
      'DATABASE_POOL: must be a whole number',
      'CALLER_SECRET must be set',
      'LINK_TLS_CERT, LINK_TLS_KEY and LINK_TLS_CA must be set when',
      'ADMIN_PASSWORD must be set',
    ])
      expect(program.output()).toContain(fault);
  });
});
