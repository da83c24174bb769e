import type { MikroORM } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { type Implementation, messagesOf } from '@platform/grpc';
import {
  type AttributeDefinition,
  type AttributeDefinitions,
  type AttributeDefinitionServiceDefinition,
  Failure,
} from '@platform/messages';
import { autocommit, pagesOf, type Reader } from '@platform/persistence';
import { v7 } from 'uuid';
import { definitionsAfter, deleteDefinition, messageDefinitions, putDefinition } from './attribute-definition.sql.js';

/** Definitions of the customer attributes of a bank. */
export function attributeDefinitions(
  orm: MikroORM,
  reader: Reader,
): Implementation<AttributeDefinitionServiceDefinition> {
  return {
    async createOrUpdateCustomerAttributeAttributeDefinition({ bank_id, body }) {
      // Version 7: the order of the ids is that of creation.
      const definition: AttributeDefinition = { attribute_definition_id: v7(), bank_id, ...body };
      const attribute_definition_id = await autocommit(orm, {}, (em) => putDefinition(em, definition));
      return { ...definition, attribute_definition_id };
    },

    getCustomerAttributeDefinition: ({ bank_id }) => listDefinitions(reader, bank_id),

    async deleteCustomerAttributeDefinition({ bank_id, attribute_definition_id }) {
      if (!(await autocommit(orm, {}, (em) => deleteDefinition(em, bank_id, attribute_definition_id))))
        definitionUnknown();
      return { value: true };
    },
  };
}

/** A bank's definitions, oldest first. */
function listDefinitions(reader: Reader, bank_id: string): AsyncGenerator<AttributeDefinitions> {
  const pages = pagesOf<AttributeDefinition>(messageDefinitions, (last, rows) =>
    reader.page({ ...definitionsAfter, values: [bank_id, last?.attribute_definition_id ?? '', rows] }),
  );
  return messagesOf(pages, (attributes) => ({ attributes }));
}

function definitionUnknown(): never {
  return fail(Failure.FAILURE_ATTRIBUTE_DEFINITION_NOT_FOUND);
}
