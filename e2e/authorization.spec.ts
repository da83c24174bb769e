import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '@platform/endpoints';
import { callerKey, type Claims, signAssertion } from '@platform/entitlements';
import { type Role, rpcTable } from '@platform/messages';
import { bytesOf, type Calls, createCalls, endpoints, named, needsBank, roleName, type Run, said } from './calls.js';
import { openPeople, type People } from './people.js';
import { type Person, type Platform, startOwnPlatform } from './platform.js';
import { createRawGrpc } from './raw-grpc.js';
import { createRecords, keeperOf, type Records } from './records.js';

let platform: Platform;
let people: People;
let calls: Calls;
let keeper: Person;
/** A customer at the bank, and one at another bank. */
let own: Records;
let elsewhere: Records;

beforeAll(async () => {
  platform = await startOwnPlatform({ ALLOW_CUSTOMER_FIREHOSE: 'true' });
  people = await openPeople(platform);
  calls = createCalls(platform);
  const [bank, other] = [await platform.bank(), await platform.bank()];
  keeper = await keeperOf(platform, bank, other);
  [own, elsewhere] = await Promise.all([createRecords(platform, keeper, bank), createRecords(platform, keeper, other)]);
}, 60_000);
afterAll(async () => {
  calls.close();
  await people.close();
  await platform.close();
});

const at = (roles: readonly number[], bank: string) =>
  roles.map((role) => (bank === '' ? roleName(role) : `${roleName(role)}@${bank}`));
const right = (role: number) => at([role], needsBank(role) ? own.bank_id : '');

/** Records that the call may change or delete; reads share the same records. */
const fresh = ({ rpc_path }: Endpoint): Promise<Records> =>
  rpcTable[rpc_path]?.idempotent === true ? Promise.resolve(own) : createRecords(platform, keeper, own.bank_id);

interface Words {
  readonly success: string;
  readonly not_logged_in: string;
  readonly bad_token: string;
  readonly missing_role: string;
}

/** The response to each kind of caller. */
async function outcomes(endpoint: Endpoint, run: Run): Promise<Record<string, string>> {
  const { roles } = endpoint;
  const found: Record<string, string> = {
    'no token': await run(endpoint, own),
    'bad token': await run(endpoint, own, 'unknown'),
    'no role': await run(endpoint, own, await people.add([])),
    'the role at another bank': await run(endpoint, own, await people.add(at(roles, elsewhere.bank_id))),
    'the role with an empty bank id': await run(endpoint, own, await people.add(at(roles.filter(needsBank), ''))),
    'every role of other operations': await run(endpoint, own, await people.add(rolesOfOthers(endpoint))),
  };
  for (const role of roles)
    found[`the right role, ${roleName(role)}`] = await run(
      endpoint,
      await fresh(endpoint),
      await people.add(right(role)),
    );
  return found;
}

function rolesOfOthers({ roles }: Endpoint): string[] {
  return [...new Set(endpoints.flatMap((other) => other.roles))]
    .filter((role) => !roles.includes(role))
    .flatMap((role) => right(role));
}

function expected({ roles, rpc_path }: Endpoint, words: Words): Record<string, string> {
  const insufficient = roles.length > 0 ? words.missing_role : words.success;
  return {
    'no token': rpcTable[rpc_path]?.access === 'public' ? words.success : words.not_logged_in,
    'bad token': words.bad_token,
    'no role': insufficient,
    'the role at another bank': insufficient,
    'the role with an empty bank id': insufficient,
    'every role of other operations': insufficient,
    ...Object.fromEntries(roles.map((role) => [`the right role, ${roleName(role)}`, words.success])),
  };
}

it('the table has every operation', () => {
  expect(endpoints).toHaveLength(59);
});

describe.each(named)('%s', (_name, endpoint) => {
  it('opens to the right callers over REST', async () => {
    const words = {
      success: `${endpoint.success_status}`,
      not_logged_in: '401 OBP-20001',
      bad_token: '401 OBP-20003',
      missing_role: '403 OBP-20006',
    };
    expect(await outcomes(endpoint, calls.rest)).toEqual(expected(endpoint, words));
  });

  it('opens to the right callers over gRPC at the gateway', async () => {
    const words = {
      success: 'OK',
      not_logged_in: 'UNAUTHENTICATED OBP-20001',
      bad_token: 'UNAUTHENTICATED OBP-20003',
      missing_role: 'PERMISSION_DENIED OBP-20006',
    };
    expect(await outcomes(endpoint, calls.grpc)).toEqual(expected(endpoint, words));
  });
});

const serviceOf = ({ method }: Endpoint) => method.parent.file.proto.package.split('.')[1] as string;

describe.each(named.filter(([, endpoint]) => serviceOf(endpoint) !== 'views'))(
  '%s, called at its service',
  (_name, endpoint) => {
    it('opens to a signed caller with the right role alone', async () => {
      const service = createRawGrpc(`127.0.0.1:${platform.ports?.[serviceOf(endpoint) as 'customers'] ?? 0}`);
      const { roles, bank_scoped } = endpoint;
      const claims = (bank_id: string, held: readonly number[], user_id = keeper.user_id): Claims => ({
        user_id,
        consumer_id: '',
        bank_id,
        roles: [...held] as Role[],
      });
      const sign = (of: Claims, secret = platform.caller_secret ?? '') => ({
        [callerKey]: signAssertion(secret, 'gateway', of, endpoint.rpc_path, Date.now()),
      });
      const run = async (metadata: Record<string, string | Buffer>, records = own) =>
        said(await service.call(endpoint, bytesOf(endpoint, records), metadata));
      const here = bank_scoped ? own.bank_id : '';
      const isPublic = rpcTable[endpoint.rpc_path]?.access === 'public';
      const insufficient = roles.length > 0 ? 'PERMISSION_DENIED OBP-20006' : 'OK';
      try {
        const found: Record<string, string> = {
          'no caller': await run({}),
          'a token': await run({ directlogin: `token=${keeper.token}` }),
          'a caller signed by somebody else': await run(sign(claims(here, roles), 'another secret of somebody else')),
          'a caller without a user': await run(sign(claims(here, roles, ''))),
          'no role': await run(sign(claims(here, []))),
        };
        const wanted: Record<string, string> = {
          'no caller': 'UNAUTHENTICATED OBP-20001',
          'a token': 'UNAUTHENTICATED OBP-20001',
          'a caller signed by somebody else': 'UNAUTHENTICATED the caller assertion is not valid',
          'a caller without a user': isPublic ? 'OK' : 'UNAUTHENTICATED OBP-20001',
          'no role': insufficient,
        };
        if (bank_scoped) {
          found['a caller at another bank'] = await run(sign(claims(elsewhere.bank_id, roles)));
          found['a caller at no bank'] = await run(sign(claims('', roles)));
          wanted['a caller at another bank'] = wanted['a caller at no bank'] = 'PERMISSION_DENIED OBP-20006';
        }
        for (const role of roles) {
          found[`the right role, ${roleName(role)}`] = await run(sign(claims(here, [role])), await fresh(endpoint));
          wanted[`the right role, ${roleName(role)}`] = 'OK';
        }
        expect(found).toEqual(wanted);
      } finally {
        service.close();
      }
    });
  },
);
