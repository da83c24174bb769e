import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { serviceNames } from '@platform/allinone';
import { rpcTable } from '@platform/messages';
import { parse } from 'yaml';
import { createOpen } from './open.js';
import { root, startProgram } from './program.js';
import type { Service } from './stack.js';

// Every wait has its own limit.
jest.setTimeout(120_000);

interface Process {
  readonly port: number;
  readonly calls: readonly Service[];
  readonly secrets: readonly string[];
}

interface Container {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly build: { readonly args: { readonly NAME: string } };
}

const all: readonly Service[] = [...serviceNames, 'gateway'];
const { opened, closeAll } = createOpen();
afterAll(closeAll);

const read = (path: string): string => readFileSync(join(root, 'deploy', path), 'utf8');
const topology = JSON.parse(read('helm/customer-platform/topology.json')) as Record<Service, Process>;
const compose = parse(read('docker/compose.yaml'), { merge: true }) as {
  services: Record<Service, Container>;
  secrets: Record<string, unknown>;
};
/** For each process, the line of --help for each of its settings. */
const help = new Map<Service, Map<string, string>>();
const portSetting = (name: Service): string => (name === 'gateway' ? 'PORT' : `${name.toUpperCase()}_PORT`);
const settings = (name: Service): Map<string, string> => help.get(name) ?? new Map<string, string>();

beforeAll(async () => {
  const programs = all.map((name) => opened(startProgram(`apps/${name}/dist/main.js`, {}, ['--help'])));
  for (const [index, name] of all.entries()) {
    expect(await programs[index]?.ended()).toBe(0);
    const lines = programs[index]?.output().matchAll(/^ {2}([A-Z][A-Z0-9_]+) +(.*)$/gm) ?? [];
    help.set(name, new Map([...lines].map(([, setting = '', about = '']) => [setting, about])));
  }
});

describe('the topology of the chart', () => {
  it('has the port of each process, the processes that it calls and its secrets', () => {
    expect(Object.keys(topology).sort()).toEqual([...all].sort());
    for (const name of all) {
      const known = [...settings(name)];
      const { port, calls, secrets } = topology[name];
      expect([name, port]).toEqual([
        name,
        Number(/\(default (\d+)\)/.exec(settings(name).get(portSetting(name)) ?? '')?.[1]),
      ]);
      const addresses = known.flatMap(([setting]) => /^(.+)_ADDRESS$/.exec(setting)?.[1]?.toLowerCase() ?? []);
      expect([name, [...calls].sort()]).toEqual([name, addresses.sort()]);
      const secret = known.filter(([, about]) => about.includes('(secret;')).map(([setting]) => setting);
      expect([name, [...secrets, 'CALLER_SECRET'].sort()]).toEqual([name, secret.sort()]);
    }
  });

  it('lets those call a service that the contract names as its callers', () => {
    for (const service of serviceNames) {
      const rpcs = Object.entries(rpcTable).filter(([path]) => path.startsWith(`/obp.${service}.v1.`));
      const allowed = [...new Set(rpcs.flatMap(([, { callers }]) => callers))].sort();
      expect(allowed.length).toBeGreaterThan(0);
      const calling = all.filter((name) => topology[name].calls.includes(service));
      expect([service, calling.sort()]).toEqual([service, allowed]);
    }
  });
});

describe('the compose file', () => {
  it('gives each process the settings that it knows, and the addresses and secrets that it needs', () => {
    expect(Object.keys(compose.services).sort()).toEqual([...all, 'postgres'].sort());
    for (const name of all) {
      const { environment, secrets, build } = compose.services[name];
      expect(build.args.NAME).toBe(name);
      const given = Object.keys(environment).map((setting) => setting.replace(/_FILE$/, ''));
      expect([name, given.filter((setting) => !settings(name).has(setting))]).toEqual([name, []]);
      const { calls, secrets: own } = topology[name];
      expect(given).toEqual(expect.arrayContaining([...own, 'CALLER_SECRET']));
      for (const called of calls)
        expect(environment[`${called.toUpperCase()}_ADDRESS`]).toBe(`${called}:${topology[called].port}`);
      const files = Object.entries(environment).filter(([setting]) => setting.endsWith('_FILE'));
      expect(files.map(([, path]) => path.replace('/run/secrets/', '')).sort()).toEqual([...secrets].sort());
      expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining([...secrets]));
    }
  });
});

describe('the image', () => {
  it('exposes the port of each process, and asks for its health there', () => {
    const [, exposed = ''] = /^EXPOSE (.+)$/m.exec(read('docker/Dockerfile')) ?? [];
    const ports = all.map((name) => topology[name].port);
    expect(exposed.split(' ').map(Number).sort()).toEqual([...ports].sort());
    const [, asked = ''] =
      /^const PORTS = \{([^}]+)\};$/m.exec(readFileSync(join(root, 'tools/bundle/health.mjs'), 'utf8')) ?? [];
    for (const name of all) expect(asked).toContain(` ${name}: ${topology[name].port}`);
  });
});
