import { fail, invalidBody } from '@platform/failure';
import { type BoundService, bind, messagesOf } from '@platform/grpc';
import {
  type AuthenticationTypeValidation,
  type AuthenticationTypeValidations,
  AuthenticationTypeValidationServiceDefinition,
  Failure,
} from '@platform/messages';
import { autocommit, command, type ConstraintFailures, hasRow, pagesOf, type Reader } from '@platform/persistence';
import {
  checkOperationId,
  isOperationId,
  lockRestrictions,
  maxRestrictions,
} from '../restriction/restriction-bounds.js';
import type { Parts } from '../parts.js';
import {
  deleteValidation,
  insertValidation,
  numberOfValidations,
  updateValidation,
  validationOfOperation,
  validationsAfter,
} from './authentication-type-validation.sql.js';

const names: readonly string[] = [
  'DirectLogin',
  'OAuth1.0a',
  'GatewayLogin',
  'DAuth',
  'OAuth2_OIDC',
  'OAuth2_OIDC_FAPI',
];

const rows = 500;
const conflicts: ConstraintFailures = {
  authentication_type_validation_pkey: () => fail(Failure.FAILURE_OPERATION_ID_EXISTS),
};

/** Restricts which login methods an operation accepts. */
export function createAuthenticationTypeValidationService({ orm, reader }: Parts): BoundService {
  return bind(AuthenticationTypeValidationServiceDefinition, {
    async createAuthenticationTypeValidation({ operation_id, allowed_authentication_types: given }) {
      const allowed_authentication_types = checkedTypes(given);
      checkOperationId(operation_id);
      await command(orm, conflicts, async (em) => {
        await lockRestrictions(em);
        await em.execute(insertValidation, [operation_id, arrayOf(allowed_authentication_types)]);
        if ((await numberOfValidations(em)) > maxRestrictions)
          invalidBody(`There must not be more than ${maxRestrictions} of them.`);
      });
      return { operation_id, allowed_authentication_types };
    },
    async updateAuthenticationTypeValidation({ operation_id, allowed_authentication_types: given }) {
      const allowed_authentication_types = checkedTypes(given);
      const values = [arrayOf(allowed_authentication_types), operation_id];
      const changed =
        isOperationId(operation_id) && (await autocommit(orm, {}, (em) => hasRow(em, updateValidation, values)));
      return changed ? { operation_id, allowed_authentication_types } : unknown();
    },
    async deleteAuthenticationTypeValidation({ operation_id }) {
      const gone =
        isOperationId(operation_id) &&
        (await autocommit(orm, {}, (em) => hasRow(em, deleteValidation, [operation_id])));
      return gone ? { value: true } : unknown();
    },
    async getAuthenticationTypeValidation({ operation_id }) {
      const query = { ...validationOfOperation, values: [operation_id] };
      const [found] = isOperationId(operation_id) ? await reader.rows<AuthenticationTypeValidation>(query) : [];
      return found ?? unknown();
    },
    getAllAuthenticationTypeValidations: () => all(reader),
    getAllAuthenticationTypeValidationsPublic: () => all(reader),
  });
}

/** Ordered by operation id. */
function all(reader: Reader): AsyncGenerator<AuthenticationTypeValidations> {
  const pages = pagesOf<AuthenticationTypeValidation>(rows, (last, limit) =>
    reader.page({ text: validationsAfter, values: [last?.operation_id ?? '', limit] }),
  );
  return messagesOf(pages, (authentication_types_validations) => ({ authentication_types_validations }));
}

/** Removes duplicate names. An empty list is refused: it would have no meaning. @throws ObpFailure OBP-40030 */
function checkedTypes(given: readonly string[]): string[] {
  if (given.length > 0 && given.every((name) => names.includes(name))) return [...new Set(given)];
  return fail(
    Failure.FAILURE_AUTHENTICATION_TYPE_NAME_INVALID,
    ` Allowed Authentication Type names: [${names.join(', ')}]`,
  );
}

/** Formats a PostgreSQL array. The names contain no character that needs quotes. */
function arrayOf(types: readonly string[]): string {
  return `{${types.join(',')}}`;
}

function unknown(): never {
  return fail(Failure.FAILURE_AUTHENTICATION_TYPE_VALIDATION_NOT_FOUND);
}
