import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@platform/grpc';
import { AuthenticationTypeValidationServiceDefinition, Failure, Role } from '@platform/messages';
import { all, asUser, context, newName, outcomes, refused, startDirectory } from './directory.js';

const rpcs = {
  create: rpc(AuthenticationTypeValidationServiceDefinition, 'createAuthenticationTypeValidation'),
  update: rpc(AuthenticationTypeValidationServiceDefinition, 'updateAuthenticationTypeValidation'),
  remove: rpc(AuthenticationTypeValidationServiceDefinition, 'deleteAuthenticationTypeValidation'),
  get: rpc(AuthenticationTypeValidationServiceDefinition, 'getAuthenticationTypeValidation'),
  list: rpc(AuthenticationTypeValidationServiceDefinition, 'getAllAuthenticationTypeValidations'),
  listPublic: rpc(AuthenticationTypeValidationServiceDefinition, 'getAllAuthenticationTypeValidationsPublic'),
};

let directory: Awaited<ReturnType<typeof startDirectory>>;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.close());

const create = (
  operation_id: string,
  allowed_authentication_types: string[],
  roles = [Role.ROLE_CAN_CREATE_AUTHENTICATION_TYPE_VALIDATION],
) => directory.peer.call(rpcs.create, { operation_id, allowed_authentication_types }, asUser('someone', roles));
const update = (
  operation_id: string,
  allowed_authentication_types: string[],
  roles = [Role.ROLE_CAN_UPDATE_AUTHENTICATION_TYPE_VALIDATION],
) => directory.peer.call(rpcs.update, { operation_id, allowed_authentication_types }, asUser('someone', roles));
const remove = (operation_id: string, roles = [Role.ROLE_CAN_DELETE_AUTHENTICATION_VALIDATION]) =>
  directory.peer.call(rpcs.remove, { operation_id }, asUser('someone', roles));
const get = (operation_id: string, roles = [Role.ROLE_CAN_GET_AUTHENTICATION_TYPE_VALIDATION]) =>
  directory.peer.call(rpcs.get, { operation_id }, asUser('someone', roles));
const list = (roles = [Role.ROLE_CAN_GET_AUTHENTICATION_TYPE_VALIDATION]) =>
  all(directory.peer.stream(rpcs.list, {}, asUser('someone', roles)));
const listPublic = () => all(directory.peer.stream(rpcs.listPublic, {}, context()));

const everyType = ['DirectLogin', 'OAuth1.0a', 'GatewayLogin', 'DAuth', 'OAuth2_OIDC', 'OAuth2_OIDC_FAPI'];
const unknown = { failure: Failure.FAILURE_AUTHENTICATION_TYPE_VALIDATION_NOT_FOUND };
const invalid = {
  failure: Failure.FAILURE_AUTHENTICATION_TYPE_NAME_INVALID,
  detail:
    ' Allowed Authentication Type names: [DirectLogin, OAuth1.0a, GatewayLogin, DAuth, OAuth2_OIDC, OAuth2_OIDC_FAPI]',
};

describe('an authentication type validation', () => {
  it('is set, changed and deleted', async () => {
    expect(await list()).toEqual([{ authentication_types_validations: [] }]);
    const operation_id = `OBPv4.0.0-${newName('some operation / é')}`;
    expect(await create(operation_id, [...everyType, 'DirectLogin'])).toEqual({
      operation_id,
      allowed_authentication_types: everyType,
    });
    expect(await get(operation_id)).toEqual({ operation_id, allowed_authentication_types: everyType });
    expect(await update(operation_id, ['DAuth'])).toEqual({ operation_id, allowed_authentication_types: ['DAuth'] });
    expect(await list()).toEqual([
      { authentication_types_validations: [{ operation_id, allowed_authentication_types: ['DAuth'] }] },
    ]);
    expect(await listPublic()).toEqual(await list());
    expect(await remove(operation_id)).toEqual({ value: true });
    await refused([get(operation_id), remove(operation_id), update(operation_id, ['DAuth'])], unknown);
    expect(await listPublic()).toEqual([{ authentication_types_validations: [] }]);
  });

  it('is one for each operation, also when ten post at once', async () => {
    const operation_id = newName('operation');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => create(operation_id, ['DirectLogin'])));
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_OPERATION_ID_EXISTS] });
  });

  it.each([
    [[]],
    [['directlogin']],
    [['DirectLogin', '']],
    [['DirectLogin', 'OAuth1.0a}']],
    [['toString']],
    [['Direct\0Login']],
  ])('refuses the names %j, before it looks for the operation', async (names) => {
    await expect(create('bad', names)).rejects.toMatchObject(invalid);
    await expect(update('unknown', names)).rejects.toMatchObject(invalid);
    await expect(get('bad')).rejects.toMatchObject(unknown);
  });

  it('has an operation id of some text', async () => {
    for (const bad of ['', 'x'.repeat(256), 'a\0'])
      await expect(create(bad, ['DAuth'])).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
    for (const bad of ['', 'x'.repeat(9_000), 'a\0', "'; drop table bank"]) {
      await refused([get(bad), remove(bad), update(bad, ['DAuth'])], unknown);
    }
  });

  it('asks for a role each; the public list for none', async () => {
    await refused([create('x', ['DAuth'], []), update('x', ['DAuth'], []), remove('x', []), get('x', []), list([])], {
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
  });

  it('is one of a thousand at most, also at once', async () => {
    await directory.rows('delete from authentication_type_validation');
    await directory.rows(
      "insert into authentication_type_validation select 'n.' || lpad(n::text, 4, '0'), '{DAuth}' from generate_series(1, 998) n",
    );
    const results = await Promise.allSettled(Array.from({ length: 5 }, (_, n) => create(`more.${n}`, ['DAuth'])));
    expect(outcomes(results)).toEqual({ fulfilled: 2, failures: [Failure.FAILURE_INVALID_JSON_FORMAT] });
    const messages = await list();
    const ids = messages.flatMap(({ authentication_types_validations }) =>
      authentication_types_validations.map(({ operation_id }) => operation_id),
    );
    expect(messages).toHaveLength(2);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids).toHaveLength(1_000);
    expect(await update('n.0001', ['DirectLogin'])).toMatchObject({ allowed_authentication_types: ['DirectLogin'] });
  });
});
