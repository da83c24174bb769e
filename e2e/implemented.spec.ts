import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { type Endpoint, readEndpoints, ruleOf } from '@platform/endpoints';
import { roleTable } from '@platform/messages';
import published from '../libs/endpoints/test/operations.json' with { type: 'json' };
import { type Person, type Platform, startOwnPlatform } from './platform.js';

const endpoints = readEndpoints();

let platform: Platform;
let bank_id: string;
let holder: Person;

beforeAll(async () => {
  platform = await startOwnPlatform({ ALLOW_CUSTOMER_FIREHOSE: 'true' });
  bank_id = await platform.bank();
  holder = await platform.person(...new Set(endpoints.flatMap(rolesOf)));
});
afterAll(() => platform.close());

function rolesOf({ roles }: Endpoint): string[] {
  return roles.map((role) => {
    const { name, requires_bank_id } = roleTable[role] as { name: string; requires_bank_id: boolean };
    return requires_bank_id ? `${name}@${bank_id}` : name;
  });
}

/** A body with only the members that its shape requires. */
function leastBody(message: DescMessage): Record<string, unknown> {
  return Object.fromEntries(
    message.fields.flatMap((field): [string, unknown][] => {
      const { required } = ruleOf(field);
      if (field.fieldKind === 'message') return required ? [[field.name, leastBody(field.message)]] : [];
      if (field.fieldKind === 'list') return required ? [[field.name, []]] : [];
      if (field.presence === FeatureSet_FieldPresence.EXPLICIT) return required ? [[field.name, null]] : [];
      return [
        [
          field.name,
          field.fieldKind === 'scalar' && field.scalar === ScalarType.BOOL
            ? true
            : field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING
              ? 'x'
              : 1,
        ],
      ];
    }),
  );
}

function run({ routes: [route], body, event_stream }: Endpoint) {
  const path = route.segments
    .map((segment) => `/${'field' in segment ? (segment.field === 'bank_id' ? bank_id : 'x') : segment.literal}`)
    .join('');
  // A stream has no end.
  return platform.call(event_stream ? 'HEAD' : route.verb, path, {
    token: holder.token,
    ...(body === undefined ? {} : { body: body.message === undefined ? [] : leastBody(body.message) }),
  });
}

describe('declared operations', () => {
  it('have the 57 among them', () => {
    const ids = endpoints.map(({ operation_id }) => operation_id);
    expect(published).toHaveLength(57);
    expect(ids).toEqual(expect.arrayContaining(published.map(({ operation_id }) => operation_id)));
  });

  it.each(endpoints.map((endpoint): [string, Endpoint] => [endpoint.operation_id, endpoint]))(
    '%s is implemented, and answers as OBP does',
    async (_id, endpoint) => {
      const { status, json, text } = await run(endpoint);
      if (status < 300) return expect(status).toBe(endpoint.success_status);
      expect([status, text]).not.toEqual([501, expect.anything()]);
      expect(status).toBeLessThan(500);
      expect(json).toEqual({ code: status, message: expect.stringMatching(/^OBP-\d{5}: /) });
    },
  );
});
