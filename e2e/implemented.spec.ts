import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { type Endpoint, readEndpoints, ruleOf } from '@platform/endpoints';
import { roleTable } from '@platform/messages';
import published from '../libs/endpoints/test/operations.json' with { type: 'json' };
import { expectRefusal } from './operations.js';
import { type Person, type Platform, startOwnPlatform } from './platform.js';

/** Declared and not yet there. This number only falls. */
const unimplemented = 40;

const endpoints = readEndpoints().filter(({ operation_id }) => published.some((operation) => operation.operation_id === operation_id));

let platform: Platform;
let bank_id: string;
let nobody: Person;
let holder: Person;

beforeAll(async () => {
  platform = await startOwnPlatform({ ALLOW_CUSTOMER_FIREHOSE: 'true' });
  bank_id = await platform.bank();
  nobody = await platform.person();
  holder = await platform.person(...new Set(endpoints.flatMap(rolesOf)));
});
afterAll(() => platform.close());

function rolesOf({ roles }: Endpoint): string[] {
  return roles.map((role) => {
    const { name, requires_bank_id } = roleTable[role] as { name: string; requires_bank_id: boolean };
    return requires_bank_id ? `${name}@${bank_id}` : name;
  });
}

/** The least that the body's shape asks for. */
function leastBody(message: DescMessage): Record<string, unknown> {
  return Object.fromEntries(
    message.fields.flatMap((field): [string, unknown][] => {
      const { required } = ruleOf(field);
      if (field.fieldKind === 'message') return required ? [[field.name, leastBody(field.message)]] : [];
      if (field.fieldKind === 'list') return required ? [[field.name, []]] : [];
      if (field.presence === FeatureSet_FieldPresence.EXPLICIT) return required ? [[field.name, null]] : [];
      return [[field.name, field.fieldKind === 'scalar' && field.scalar === ScalarType.BOOL ? true : field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING ? 'x' : 1]];
    }),
  );
}

function run({ routes: [route], body }: Endpoint, token: string | undefined, bank = bank_id) {
  const path = route.segments.map((segment) => `/${'field' in segment ? (segment.field === 'bank_id' ? bank : 'x') : segment.literal}`).join('');
  return platform.call(route.verb, path, { token, ...(body === undefined ? {} : { body: leastBody(body.message) }) });
}

async function missing(): Promise<Endpoint[]> {
  const statuses = await Promise.all(endpoints.map(async (endpoint) => [endpoint, (await run(endpoint, holder.token)).status] as const));
  return statuses.filter(([, status]) => status === 501).map(([endpoint]) => endpoint);
}

describe('operations that are declared and not yet implemented', () => {
  it(`are ${unimplemented} of the 57`, async () => {
    expect(endpoints).toHaveLength(57);
    expect((await missing()).map(({ operation_id }) => operation_id)).toHaveLength(unimplemented);
  });

  it('answer 501 OBP-10010 to whoever may call them, and 401, 404 and 403 to the others', async () => {
    for (const endpoint of await missing()) {
      expectRefusal(await run(endpoint, holder.token), 501, /^OBP-10010: Not Implemented/);
      expectRefusal(await run(endpoint, undefined), 401, /^OBP-20001: /);
      expectRefusal(await run(endpoint, 'unknown'), 401, /^OBP-20003: /);
      if (endpoint.bank_scoped) expectRefusal(await run(endpoint, holder.token, 'no.bank'), 404, /^OBP-30001: /);
      if (endpoint.roles.length > 0) expectRefusal(await run(endpoint, nobody.token), 403, /^OBP-20006: /);
    }
  });
});
