import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Access } from '@platform/descriptors';
import { type Endpoint, readEndpoints } from '@platform/endpoints';
import { endpoints as customerEndpoints, nameOf, needsBank, roleName, said } from './calls.js';
import { openPeople, type People, type Someone } from './people.js';
import { type Example, platformExamples, type World } from './platform-examples.js';
import { type Platform, startOwnPlatform } from './platform.js';
import { createRawGrpc, type RawGrpc, requestBytes } from './raw-grpc.js';

const endpoints = readEndpoints().filter(
  ({ operation_id }) => !customerEndpoints.some((other) => other.operation_id === operation_id),
);
/** Roles that count only with a setting are not tested here. */
const rolesOf = ({ roles, roles_switch }: Endpoint): readonly number[] => (roles_switch === undefined ? roles : []);

let platform: Platform;
let people: People;
let edge: RawGrpc;
let world: World;
let elsewhere: string;

const at = (roles: readonly number[], bank: string) =>
  roles.map((role) => (bank === '' ? roleName(role) : `${roleName(role)}@${bank}`));
const right = (roles: readonly number[], bank_id = world.bank_id) =>
  roles.flatMap((role) => at([role], needsBank(role) ? bank_id : ''));

beforeAll(async () => {
  platform = await startOwnPlatform({ ALLOW_SANDBOX_DATA_IMPORT: 'true', WATCH_SECONDS: '1' });
  people = await openPeople(platform);
  edge = createRawGrpc(new URL(platform.origin).host);
  const [bank_id, other] = [await platform.bank(), await platform.bank()];
  elsewhere = other;
  world = { platform, bank_id, keeper: { user_id: '', token: '' } };
  const all = [...new Set(endpoints.flatMap(({ roles }) => roles))];
  const granting = ['CanCreateEntitlementAtAnyBank', 'CanCreateScopeAtAnyBank'];
  world = { ...world, keeper: await people.make([...right(all), ...granting]) };
});
afterAll(async () => {
  edge.close();
  await people.close();
  await platform.close();
});

async function rest(endpoint: Endpoint, { fields = {}, query, body }: Example, token?: string): Promise<string> {
  const path = endpoint.routes[0].segments
    .map((segment) => `/${'field' in segment ? (fields[segment.field] ?? 'x') : segment.literal}`)
    .join('');
  const asked = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
  const answer = await platform.call(endpoint.routes[0].verb, path + asked, {
    token,
    ...(body === undefined ? {} : { body }),
  });
  return answer.status < 300
    ? `${answer.status}`
    : `${answer.status} ${/^OBP-\d{5}/.exec(String(answer.json.message))?.[0] ?? answer.text}`;
}

async function grpc(endpoint: Endpoint, { fields = {}, query = {}, body }: Example, token?: string): Promise<string> {
  const names = new Set(endpoint.routes[0].segments.flatMap((segment) => ('field' in segment ? [segment.field] : [])));
  const decoded = Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (names.has(name) ? [[name, decodeURIComponent(value)]] : [])),
  );
  const request = requestBytes(endpoint, {
    ...decoded,
    ...query,
    ...(endpoint.body === undefined ? {} : { [endpoint.body.name]: body }),
  });
  return said(await edge.call(endpoint, request, token === undefined ? {} : { directlogin: `token=${token}` }));
}

it('every platform operation has an example', () => {
  expect(Object.keys(platformExamples).sort()).toEqual([...new Set(endpoints.map(nameOf))].sort());
});

describe.each(endpoints.map((endpoint): [string, Endpoint] => [endpoint.operation_id, endpoint]))(
  '%s',
  (_id, endpoint) => {
    const roles = rolesOf(endpoint);
    const isPublic = endpoint.access === Access.PUBLIC;
    const example = (caller: Someone) =>
      (platformExamples[nameOf(endpoint)] as (typeof platformExamples)[string])(world, caller);

    it.each([
      ['REST', rest, `${endpoint.success_status}`, '401 OBP-20001', '401 OBP-20003', '403 OBP-20006'],
      [
        'gRPC at the gateway',
        grpc,
        'OK',
        'UNAUTHENTICATED OBP-20001',
        'UNAUTHENTICATED OBP-20003',
        'PERMISSION_DENIED OBP-20006',
      ],
    ] as const)(
      'opens to the right callers over %s',
      async (_door, run, success, notLoggedIn, badToken, missingRole) => {
        const known = await example(world.keeper);
        const found: Record<string, string> = {};
        const wanted: Record<string, string> = { 'bad token': badToken };
        found['bad token'] = await run(endpoint, known, 'unknown');
        if (!isPublic) {
          wanted['no token'] = notLoggedIn;
          found['no token'] = await run(endpoint, known);
        }
        if (roles.length > 0) {
          const others = [...new Set(endpoints.flatMap(rolesOf))].filter((role) => !roles.includes(role));
          const insufficient = {
            'no role': [],
            'the role at another bank': at(roles, elsewhere),
            'the role with an empty bank id': at(roles.filter(needsBank), ''),
            'every role of other operations': right(others),
          };
          for (const [name, held] of Object.entries(insufficient)) {
            wanted[name] = missingRole;
            found[name] = await run(endpoint, known, await people.add(held));
          }
          // The refused calls have had no effect: with the right role the call still succeeds.
          for (const role of roles) {
            const caller = await people.make(right([role]));
            wanted[`the right role, ${roleName(role)}`] =
              endpoint.operation_id.endsWith('enableDisableConsumers') && roleName(role) === 'CanDisableConsumers'
                ? missingRole
                : success;
            found[`the right role, ${roleName(role)}`] = await run(endpoint, await example(caller), caller.token);
          }
        } else {
          const caller = grantsInTheBody.has(nameOf(endpoint)) ? world.keeper : await people.make([]);
          wanted['anybody'] = success;
          found['anybody'] = await run(endpoint, await example(caller), isPublic ? undefined : caller.token);
        }
        expect(found).toEqual(wanted);
      },
    );
  },
);

/** The bank, and so the role, is in the body: these operations check it themselves. */
const grantsInTheBody = new Set(['addEntitlement', 'addScope', 'createUserWithRoles']);
