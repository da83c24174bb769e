import type { EntityManager } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import { type ApiCollectionServiceDefinition, Failure } from '@platform/messages';
import { autocommit, command, type ConstraintFailures, hasRow } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import type { Parts } from '../parts.js';
import { apiCollection, collectionUnknown, isText } from './api-collection.shape.js';
import { ApiCollectionSchema } from './api-collection.entity.js';
import { deleteCollection, deleteEndpoint, insertEndpoint } from './api-collection.sql.js';

/** The rpcs that write collections of operations. */
export function apiCollectionCommands({ orm, clock }: Parts): Implementation<ApiCollectionServiceDefinition> {
  return {
    async createMyApiCollection({ body }, { caller }) {
      const { api_collection_name, is_sharable, description } = body;
      return command(orm, collectionConflicts(api_collection_name), async (em) =>
        apiCollection(
          em.create(ApiCollectionSchema, {
            api_collection_id: v7(),
            user_id: caller.user_id,
            api_collection_name,
            is_sharable,
            description: description ?? '',
            created_at: wireTime(clock()),
          }),
        ),
      );
    },
    async deleteMyApiCollection({ api_collection_id }, { caller }) {
      const values = [api_collection_id, caller.user_id];
      const gone = await autocommit(orm, {}, (em) => hasRow(em, deleteCollection, values));
      return gone ? {} : collectionUnknown('API_COLLECTION_ID', api_collection_id);
    },
    async createMyApiCollectionEndpoint({ api_collection_name, body }, { caller }) {
      const { operation_id } = body;
      const unknown = () => collectionUnknown('API_COLLECTION_NAME', api_collection_name);
      return command(orm, endpointConflicts(operation_id, unknown), async (em) => {
        const api_collection_id = (await ownId(em, caller.user_id, api_collection_name)) ?? unknown();
        const api_collection_endpoint_id = v7();
        await em.execute(insertEndpoint, [api_collection_id, api_collection_endpoint_id, operation_id]);
        return { api_collection_endpoint_id, api_collection_id, operation_id };
      });
    },
    async deleteMyApiCollectionEndpoint({ api_collection_name, operation_id }, { caller }) {
      await command(orm, {}, async (em) => {
        const api_collection_id =
          (await ownId(em, caller.user_id, api_collection_name)) ??
          collectionUnknown('API_COLLECTION_NAME', api_collection_name);
        if (!isText(operation_id) || !(await hasRow(em, deleteEndpoint, [api_collection_id, operation_id])))
          fail(Failure.FAILURE_API_COLLECTION_ENDPOINT_NOT_FOUND, ` Current OPERATION_ID(${operation_id})`);
      });
      return {};
    },
  };
}

function collectionConflicts(name: string): ConstraintFailures {
  return {
    api_collection_name_key: () =>
      fail(
        Failure.FAILURE_API_COLLECTION_EXISTS,
        ` Current api_collection_name(${name}) is already existing for the log in user.`,
      ),
    // The caller's user was deleted while the token was still valid.
    api_collection_user_id_fkey: () => fail(Failure.FAILURE_USER_NOT_LOGGED_IN),
  };
}

/** @param unknown called when the collection was deleted meanwhile */
function endpointConflicts(operation_id: string, unknown: () => never): ConstraintFailures {
  return {
    api_collection_endpoint_operation_key: () =>
      fail(Failure.FAILURE_API_COLLECTION_ENDPOINT_EXISTS, ` Current OPERATION_ID(${operation_id})`),
    api_collection_endpoint_collection_fkey: unknown,
  };
}

async function ownId(em: EntityManager, user_id: string, api_collection_name: string): Promise<string | undefined> {
  const found = isText(api_collection_name)
    ? await em.findOne(ApiCollectionSchema, { user_id, api_collection_name })
    : null;
  return found?.api_collection_id;
}
