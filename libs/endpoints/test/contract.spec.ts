import { describe, expect, it } from '@jest/globals';
import { Access } from '@platform/descriptors';
import { type Endpoint, readEndpoints } from '@platform/endpoints';
import { failureTable, roleTable } from '@platform/messages';
import published from './operations.json' with { type: 'json' };

type Operation = (typeof published)[number];

const declared = readEndpoints();

/** The operations of the page, each with its only declaration. */
const pairs = published.map((operation): [string, Operation, Endpoint | undefined] => [
  operation.operation_id,
  operation,
  declared.find(({ operation_id }) => operation_id === operation.operation_id),
]);

const rolesOf = ({ roles }: Endpoint) =>
  roles.map((role) => ({ role: roleTable[role]?.name, requires_bank_id: roleTable[role]?.requires_bank_id }));
const textsOf = ({ failures }: Endpoint) =>
  failures.map((failure) => {
    const { code, text } = failureTable[failure] as { code: string; text: string };
    // One published text has no code.
    return (code === '' ? text : `${code}: ${text}`).trim();
  });

describe('the published operations', () => {
  it('are 57, each declared exactly once', () => {
    const ids = declared.map(({ operation_id }) => operation_id);
    expect(published).toHaveLength(57);
    expect(published.filter(({ operation_id }) => ids.filter((id) => id === operation_id).length !== 1)).toEqual([]);
  });

  it.each(pairs)('%s is declared as published', (_id, operation, endpoint) => {
    const [version, name] = endpoint?.operation_id.split('-') ?? [];
    expect({
      operation_id: endpoint?.operation_id,
      implemented_by: { version, function: name },
      verb: endpoint?.routes[0].verb,
      path: endpoint?.documented_path,
      success_status: endpoint?.success_status,
      roles: endpoint && rolesOf(endpoint),
      summary: endpoint?.summary,
      tags: endpoint?.tags,
    }).toEqual({
      operation_id: operation.operation_id,
      implemented_by: operation.implemented_by,
      verb: operation.verb,
      path: operation.path,
      success_status: operation.success_status,
      roles: operation.roles,
      summary: operation.summary,
      tags: operation.tags,
    });
  });

  it.each(pairs)('%s declares every published failure, in the published order', (_id, operation, endpoint) => {
    const texts = operation.published_errors.map((text) => text.trim());
    expect(endpoint && textsOf(endpoint).filter((text) => texts.includes(text))).toEqual(texts);
  });

  it.each(pairs)('%s needs a login', (_id, _operation, endpoint) => {
    expect(endpoint?.access).toBe(Access.UNSPECIFIED);
  });

  it.each(pairs.filter(([, { path }]) => path.includes('BANK_ID')))(
    '%s checks its bank and says so',
    (_id, _operation, endpoint) => {
      expect(endpoint?.bank_scoped).toBe(true);
      expect(endpoint && textsOf(endpoint)).toContain(
        'OBP-30001: Bank not found. Please specify a valid value for BANK_ID.',
      );
    },
  );

  it.each(pairs.filter(([, { roles }]) => roles.length > 0))(
    '%s says that a role may be missing',
    (_id, _operation, endpoint) => {
      expect(endpoint && textsOf(endpoint)).toContain('OBP-20006: User is missing one or more roles:');
    },
  );
});

describe('every declared operation', () => {
  it.each(declared.map((endpoint): [string, Endpoint] => [endpoint.operation_id, endpoint]))(
    '%s names each failure, role and tag once',
    (_id, { failures, roles, tags }) => {
      for (const list of [failures, roles, tags] as readonly (readonly unknown[])[])
        expect(new Set(list).size).toBe(list.length);
    },
  );

  it('has a summary and a documented failure', () => {
    expect(declared.filter(({ summary, failures }) => summary === '' || failures.length === 0)).toEqual([]);
  });

  it('names a body only with POST, PUT and PATCH', () => {
    expect(
      declared.filter(({ body, routes }) => body !== undefined && !['POST', 'PUT', 'PATCH'].includes(routes[0].verb)),
    ).toEqual([]);
  });
});
