import type { EntityManager } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { type BoundService, bind, messagesOf } from '@platform/grpc';
import {
  Failure,
  type JsonSchemaValidation,
  type JsonSchemaValidations,
  JsonSchemaValidationServiceDefinition,
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
  deleteSchema,
  insertSchema,
  type JsonSchemaRow,
  schemaOfOperation,
  schemasAfter,
  sizeOfSchemas,
  updateSchema,
} from './json-schema-validation.sql.js';

/** The most bytes of all schemas together. */
const maxBytes = 2_000_000;

/** Schemas fetched at once. */
const schemaRows = 20;
/** The most bytes of a message that a character of JSON can become: in a list of short numbers. */
const bytesOfCharacter = 6;
const messageBytes = 3_000_000;

const conflicts: ConstraintFailures = { json_schema_validation_pkey: () => fail(Failure.FAILURE_OPERATION_ID_EXISTS) };

/** JSON Schemas that the bodies of operations must match. */
export function createJsonSchemaValidationService({ orm, reader }: Parts): BoundService {
  return bind(JsonSchemaValidationServiceDefinition, {
    async createJsonSchemaValidation({ operation_id, json_schema: schema }) {
      const json_schema = await checkedText(schema);
      checkOperationId(operation_id);
      await command(orm, conflicts, async (em) => {
        await lockRestrictions(em);
        await em.execute(insertSchema, [operation_id, json_schema]);
        await checkRoom(em);
      });
      return validation({ operation_id, json_schema });
    },
    async updateJsonSchemaValidation({ operation_id, json_schema: schema }) {
      const json_schema = await checkedText(schema);
      if (!isOperationId(operation_id)) unknown();
      await command(orm, {}, async (em) => {
        await lockRestrictions(em);
        if (!(await hasRow(em, updateSchema, [json_schema, operation_id]))) unknown();
        await checkRoom(em);
      });
      return validation({ operation_id, json_schema });
    },
    async deleteJsonSchemaValidation({ operation_id }) {
      const gone =
        isOperationId(operation_id) && (await autocommit(orm, {}, (em) => hasRow(em, deleteSchema, [operation_id])));
      return gone ? { value: true } : unknown();
    },
    async getJsonSchemaValidation({ operation_id }) {
      const query = { ...schemaOfOperation, values: [operation_id] };
      const [found] = isOperationId(operation_id) ? await reader.rows<JsonSchemaRow>(query) : [];
      return validation(found ?? unknown());
    },
    getAllJsonSchemaValidations: () => all(reader),
    getAllJsonSchemaValidationsPublic: () => all(reader),
  });
}

/** Ordered by operation id. */
function all(reader: Reader): AsyncGenerator<JsonSchemaValidations> {
  const pages = pagesOf<JsonSchemaRow>(schemaRows, (last, rows) =>
    reader.page({ text: schemasAfter, values: [last?.operation_id ?? '', rows] }),
  );
  const weightOf = ({ operation_id, json_schema }: JsonSchemaRow) =>
    bytesOfCharacter * (operation_id.length + json_schema.length);
  return messagesOf(pages, (rows) => ({ json_schema_validations: rows.map(validation) }), {
    most: messageBytes,
    weightOf,
  });
}

/** @throws ObpFailure OBP-40026 naming the fault in the schema */
async function checkedText(schema: unknown): Promise<string> {
  // Loaded when needed: it takes long to load, and few instances set a schema.
  const { checkSchema } = await import('@platform/json-schema');
  const faults = checkSchema(schema);
  return faults.length === 0 ? JSON.stringify(schema) : fail(Failure.FAILURE_JSON_SCHEMA_INVALID, faults.join('; '));
}

async function checkRoom(em: EntityManager): Promise<void> {
  const { schemas, bytes } = await sizeOfSchemas(em);
  if (schemas > maxRestrictions)
    fail(Failure.FAILURE_JSON_SCHEMA_INVALID, `There must not be more than ${maxRestrictions} schemas.`);
  if (bytes > maxBytes)
    fail(Failure.FAILURE_JSON_SCHEMA_INVALID, `All schemas together must not take more than ${maxBytes} bytes.`);
}

function validation({ operation_id, json_schema }: JsonSchemaRow): JsonSchemaValidation {
  return { operation_id, json_schema: JSON.parse(json_schema) as Record<string, unknown> };
}

function unknown(): never {
  return fail(Failure.FAILURE_JSON_SCHEMA_VALIDATION_NOT_FOUND);
}
