import { describe, expect, it } from '@jest/globals';

interface Role {
  role: string;
  requires_bank_id: boolean;
}
interface Entitlement {
  role_name: string;
  bank_id: string;
}
interface Caller {
  entitlements: Entitlement[] | null;
  bank: string;
}
interface RolesModule {
  standing(role: Role, caller: Caller): string;
  mayTryToGrant(caller: { entitlements: Entitlement[] | null }): boolean;
  summary(facts: { roles: Role[]; login: boolean }, caller: Caller): { text: string; kind: string };
}
interface ShownDocument {
  servers: object[];
  tags: object[];
  components: { securitySchemes?: object };
  paths: Record<string, Record<string, { tags: string[]; parameters: object[] }>>;
}
interface DocumentModule {
  prepare(
    document: object,
    prefix: string,
  ): { document: ShownDocument; operations: Map<string, { roles: Role[]; login: boolean; words: string }> };
  matches(words: string, sought: string): boolean;
}
interface ReferencesModule {
  createResolver(document: object): (path: string[]) => unknown;
}

/** Loads one of the page's scripts, which are plain JavaScript for browsers. */
const part = async <M>(name: string): Promise<M> => (await import(`../../explorer/${name}.js`)) as M;

const atBank: Role = { role: 'CanGetCustomer', requires_bank_id: true };
const system: Role = { role: 'CanGetCustomersAtAnyBank', requires_bank_id: false };
const holding = (...held: [string, string][]): Entitlement[] =>
  held.map(([role_name, bank_id]) => ({ role_name, bank_id }));

describe('roles on the page', () => {
  it('judges a bank role at the chosen bank only, a system role at none', async () => {
    const { standing } = await part<RolesModule>('roles');
    const entitlements = holding(['CanGetCustomer', 'a'], ['CanGetCustomersAtAnyBank', '']);
    expect(standing(atBank, { entitlements, bank: 'a' })).toBe('held');
    expect(standing(atBank, { entitlements, bank: 'b' })).toBe('missing');
    expect(standing(atBank, { entitlements, bank: '' })).toBe('no bank');
    expect(standing(system, { entitlements, bank: 'b' })).toBe('held');
    expect(standing(system, { entitlements: holding(['CanGetCustomersAtAnyBank', 'b']), bank: 'b' })).toBe('missing');
    expect(standing(atBank, { entitlements: null, bank: 'a' })).toBe('unknown');
  });

  it('offers to grant to whoever is logged in', async () => {
    const { mayTryToGrant } = await part<RolesModule>('roles');
    expect([null, []].map((entitlements) => mayTryToGrant({ entitlements }))).toEqual([false, true]);
  });

  it('says in two words whether an operation may be called: any one role suffices', async () => {
    const { summary } = await part<RolesModule>('roles');
    const text = (roles: Role[], login: boolean, caller: Caller) => summary({ roles, login }, caller).text;
    const nobody = { entitlements: null, bank: 'a' };
    const both = [atBank, system];
    expect(text([], false, nobody)).toBe('✓ public');
    expect(text([], true, nobody)).toBe('✕ login needed');
    expect(text([], true, { entitlements: [], bank: '' })).toBe('✓ login suffices');
    expect(text(both, true, nobody)).toBe('? role needed');
    expect(text(both, true, { entitlements: holding(['CanGetCustomer', 'a']), bank: 'a' })).toBe('✓ role held');
    expect(text(both, true, { entitlements: [], bank: 'a' })).toBe('✕ role missing');
    expect(text([atBank], true, { entitlements: [], bank: '' })).toBe('? choose a bank');
  });
});

describe('the document on the page', () => {
  const original = {
    openapi: '3.1.0',
    servers: [{ url: 'https://elsewhere.test/obp/v5.1.0' }],
    tags: [{ name: 'Customer' }],
    paths: {
      '/banks/{BANK_ID}/customers': {
        post: {
          operationId: 'createCustomer',
          summary: 'Create Customer',
          tags: ['Customer'],
          'x-other-tags': ['Person'],
          parameters: [
            { name: 'BANK_ID', in: 'path', example: 'gh.29.uk', schema: { type: 'string', examples: ['gh.29.uk'] } },
            { name: 'limit', in: 'query', example: 50 },
          ],
          responses: { 201: { headers: { 'Correlation-Id': {} } } },
          security: [{ DirectLogin: [] }],
          'x-roles': [atBank],
        },
      },
      '/banks': {
        get: { operationId: 'getBanks', tags: ['Customer'], security: [] },
        put: { tags: ['Customer'], security: [{}, { DirectLogin: [] }] },
      },
    },
    components: { securitySchemes: { DirectLogin: {} } },
  };

  it('calls where the page came from, and takes the bank from its own field', async () => {
    const { prepare } = await part<DocumentModule>('api-document');
    const before = structuredClone(original);
    const { document, operations } = prepare(original, 'http://here.test/obp/v5.1.0');
    expect(original).toEqual(before);
    expect(document.servers).toEqual([{ url: 'http://here.test/obp/v5.1.0' }]);
    expect(document.components.securitySchemes).toBeUndefined();
    expect(document.tags).toEqual([{ name: 'Customer' }]);
    const { tags, parameters } = document.paths['/banks/{BANK_ID}/customers']?.['post'] ?? {};
    expect([tags, parameters]).toEqual([
      ['Customer'],
      [
        { name: 'BANK_ID', in: 'path', schema: { type: 'string' } },
        { name: 'limit', in: 'query', example: 50 },
      ],
    ]);
    expect([...operations].map(([key, { roles, login }]) => [key, roles.length, login])).toEqual([
      ['post /banks/{BANK_ID}/customers', 1, true],
      ['get /banks', 0, false],
      ['put /banks', 0, false],
    ]);
  });

  it('finds operations by words of path, name, tag and role', async () => {
    const { prepare, matches } = await part<DocumentModule>('api-document');
    const { words } = prepare(original, '').operations.get('post /banks/{BANK_ID}/customers') as { words: string };
    expect(
      ['create customer', 'POST', 'person', 'CanGetCustomer', '/customers'].map((sought) => matches(words, sought)),
    ).toEqual([true, true, true, true, true]);
    expect(matches(words, 'create account')).toBe(false);
  });

  it('replaces references, also those within a path name, and ends where a schema holds itself', async () => {
    const { createResolver } = await part<ReferencesModule>('references');
    const resolve = createResolver({
      paths: {
        '/a': {
          get: {
            schema: { $ref: '#/components/schemas/Tree' },
            list: [{ $ref: '#/components/schemas/x~1y' }],
            $ref: null,
          },
        },
      },
      components: {
        schemas: {
          Tree: { leaf: { $ref: '#/components/schemas/x~1y' }, child: { $ref: '#/components/schemas/Tree' } },
          'x/y': { type: 'string' },
        },
      },
    });
    const leaf = { type: 'string' };
    expect(resolve(['paths', '/a', 'get'])).toEqual({ schema: { leaf, child: {} }, list: [leaf], $ref: null });
    expect(resolve(['components', 'securitySchemes'])).toBeUndefined();
  });
});
