import { describe, expect, it } from '@jest/globals';
import type { SandboxBranch } from '@platform/messages';
import { checkSites } from './import-site.js';

const branch = (change: Partial<SandboxBranch> = {}): SandboxBranch => ({
  id: 's1',
  bank_id: 'b1',
  name: 'Branch',
  address: { line_1: '', line_2: '', line_3: '', city: '', county: '', state: '', post_code: '', country_code: '' },
  location: { latitude: 52.5, longitude: -180 },
  meta: { license: { id: 'pddl', name: 'PDDL' } },
  lobby: { hours: 'x'.repeat(2000) },
  driveUp: null,
  ...change,
});
const check = (...sites: SandboxBranch[]) => checkSites('branches', sites, new Set(['b1', 'b2']));

describe('branches and ATMs of an import', () => {
  it('have ids of their bank', () => {
    expect(() =>
      check(branch(), branch({ bank_id: 'b2' }), branch({ id: 's2', location: { latitude: -90, longitude: 180 } })),
    ).not.toThrow();
    expect(() => checkSites('atms', [branch(), branch()], new Set(['b1']))).toThrow(
      'atms[1].id is that of atms[0] already.',
    );
  });

  it.each<[string, Partial<SandboxBranch>, string]>([
    ['no id', { id: '' }, 'branches[1].id must be'],
    ['another bank', { bank_id: 'b3' }, 'branches[1].bank_id must name a bank of the same import.'],
    ['no address', { address: null }, 'branches[1].address is missing.'],
    ['no location', { location: null }, 'branches[1].location is missing.'],
    ['no meta', { meta: null }, 'branches[1].meta is missing.'],
    ['no license', { meta: { license: null } }, 'branches[1].meta.license is missing.'],
    [
      'a latitude beyond the poles',
      { location: { latitude: 90.1, longitude: 0 } },
      'branches[1].location.latitude must be -90 to 90.',
    ],
    [
      'a latitude that is no number',
      { location: { latitude: NaN, longitude: 0 } },
      'branches[1].location.latitude must be -90 to 90.',
    ],
    [
      'an endless longitude',
      { location: { latitude: 0, longitude: Infinity } },
      'branches[1].location.longitude must be -180 to 180.',
    ],
    [
      'long hours',
      { driveUp: { hours: 'x'.repeat(2001) } },
      'branches[1].driveUp.hours must not be longer than 2000 characters.',
    ],
    [
      'NUL',
      { meta: { license: { id: '\0', name: '' } } },
      'branches[1].meta.license.id must not contain the NUL character.',
    ],
  ])('are refused with %s', (_what, change, fault) =>
    expect(() => check(branch(), branch({ id: 's2', ...change }))).toThrow(fault),
  );
});
