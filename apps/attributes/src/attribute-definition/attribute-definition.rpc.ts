import { LockMode } from '@mikro-orm/postgresql';
import { checkVersion, type Expectation, fail } from '@platform/failure';
import { type Call, type Implementation, messagesOf } from '@platform/grpc';
import {
  type AttributeDefinition,
  type AttributeDefinitionJsonV400,
  type AttributeDefinitions,
  type AttributeDefinitionServiceDefinition,
  Failure,
} from '@platform/messages';
import { pagesOf, type Reader } from '@platform/persistence';
import type { JournaledParts } from '@platform/service';
import { v7 } from 'uuid';
import { AttributeDefinitionSchema, definitionUnknown } from './attribute-definition.entity.js';
import { category, definitionsAfter, messageDefinitions } from './attribute-definition.sql.js';

/** How often a definition may be deleted by others, between a failed creation and the change. */
const attempts = 10;

/** Definitions of the customer attributes of a bank. */
export function attributeDefinitions({
  journal,
  reader,
}: Pick<JournaledParts, 'journal' | 'reader'>): Implementation<AttributeDefinitionServiceDefinition> {
  const insertion = journal.insertion(AttributeDefinitionSchema, { unique: ['bank_id', 'name', 'category'] });

  const create = async (
    bank_id: string,
    body: AttributeDefinitionJsonV400,
    call: Call,
  ): Promise<AttributeDefinition | undefined> => {
    // Version 7: the order of the ids is that of creation.
    const definition = { attribute_definition_id: v7(), bank_id, ...columnsOf(body), version: 1 };
    return (await journal.insert(insertion, definition, call)) === 'taken' ? undefined : definition;
  };

  /** Replaces all but the id of the definition of that name. */
  const replace = async (
    bank_id: string,
    body: AttributeDefinitionJsonV400,
    expectation: Expectation,
    call: Call,
  ): Promise<AttributeDefinition | undefined> => {
    const changed = await journal.command(call, {}, async (em) => {
      const key = { bank_id, name: body.name, category: body.category };
      const found = await em.findOne(AttributeDefinitionSchema, key, { lockMode: LockMode.PESSIMISTIC_WRITE });
      checkVersion(expectation, found?.version ?? 0);
      return found === null ? undefined : Object.assign(found, columnsOf(body));
    });
    if (changed === undefined) return undefined;
    const { attribute_definition_id, version } = changed;
    return { attribute_definition_id, bank_id, ...columnsOf(body), version };
  };

  return {
    async createOrUpdateCustomerAttributeAttributeDefinition({ bank_id, body, expected_version }, call) {
      // Whoever expects a version wants no new definition.
      const mayCreate = (expected_version ?? 0) === 0;
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const created = mayCreate ? await create(bank_id, body, call) : undefined;
        const stored = created ?? (await replace(bank_id, body, { expected_version }, call));
        if (stored !== undefined) return stored;
      }
      return fail(Failure.FAILURE_REQUEST_TIMEOUT);
    },

    getCustomerAttributeDefinition: ({ bank_id }) => listDefinitions(reader, bank_id),

    deleteCustomerAttributeDefinition: ({ bank_id, attribute_definition_id, expected_version }, call) =>
      journal.command(call, {}, async (em) => {
        const key = { bank_id, attribute_definition_id, category };
        const found = await em.findOne(AttributeDefinitionSchema, key, { lockMode: LockMode.PESSIMISTIC_WRITE });
        if (found === null) return definitionUnknown();
        checkVersion({ expected_version }, found.version);
        em.remove(found);
        return { value: true };
      }),
  };
}

/** The columns of a body, and nothing that a message may carry beside them. */
function columnsOf(body: AttributeDefinitionJsonV400): AttributeDefinitionJsonV400 {
  const { name, category, type, description, alias, can_be_seen_on_views, is_active } = body;
  return { name, category, type, description, alias, can_be_seen_on_views, is_active };
}

/** A bank's definitions, oldest first. */
function listDefinitions(reader: Reader, bank_id: string): AsyncGenerator<AttributeDefinitions> {
  const pages = pagesOf<AttributeDefinition>(messageDefinitions, (last, rows) =>
    reader.page({ ...definitionsAfter, values: [bank_id, last?.attribute_definition_id ?? '', rows] }),
  );
  return messagesOf(pages, (attributes) => ({ attributes }));
}
