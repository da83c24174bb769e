import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = process.cwd();

/** "1.14.7" as numbers. */
const parts = (version: string) => version.split('.').map(Number) as [number, number, number];

describe('the dependencies', () => {
  const manifests = [
    'package.json',
    ...['libs', 'libs/contracts', 'apps'].flatMap((parent) =>
      readdirSync(join(root, parent)).map((name) => `${parent}/${name}/package.json`),
    ),
    'e2e/package.json',
  ];
  type Manifest = Partial<Record<'dependencies' | 'devDependencies', Record<string, string>>> & {
    overrides?: Record<string, unknown>;
  };
  const read = (path: string): Manifest | undefined => {
    try {
      return JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
    } catch {
      return undefined;
    }
  };

  it('are exact', () => {
    for (const path of manifests) {
      const { dependencies = {}, devDependencies = {} } = read(path) ?? {};
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
        expect(`${path} ${name} ${version}`).toMatch(/ \d+\.\d+\.\d+(-[\w.-]+)?$/);
    }
  });

  it('have no grpc-js before 1.14.4, which a peer could crash', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules/@grpc/grpc-js/package.json'), 'utf8')) as {
      version: string;
    };
    const [major, minor, patch] = parts(version);
    expect([major, minor]).toEqual([1, 14]);
    expect(patch).toBeGreaterThanOrEqual(4);
  });

  it('have one version of every part of MikroORM', () => {
    const versions = manifests
      .flatMap((path) => Object.entries(read(path)?.dependencies ?? {}))
      .filter(([name]) => name.startsWith('@mikro-orm/'))
      .map(([, version]) => version);
    expect(new Set(versions).size).toBe(1);
  });
});
