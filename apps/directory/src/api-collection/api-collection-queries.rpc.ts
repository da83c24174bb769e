import { isId } from '@platform/input';
import { type Implementation, messagesOf } from '@platform/grpc';
import type {
  ApiCollection,
  ApiCollectionEndpoint,
  ApiCollectionEndpoints,
  ApiCollectionServiceDefinition,
} from '@platform/messages';
import { pagesOf } from '@platform/persistence';
import type { Parts } from '../parts.js';
import { collectionUnknown, isText } from './api-collection.shape.js';
import {
  collectionByName,
  collectionsOfUser,
  endpointsOfCollection,
  sharableCollections,
} from './api-collection.sql.js';

/** Rows fetched at once and sent in one message: with every text at its limit they stay below 4 MB. */
const collectionRows = 200;
const endpointRows = 1_000;

/** The rpcs that read collections of operations: directly from columns to messages. */
export function apiCollectionQueries({ reader, config }: Parts): Implementation<ApiCollectionServiceDefinition> {
  const own = async (user_id: string, name: string): Promise<ApiCollection> => {
    const [found] = isText(name)
      ? await reader.rows<ApiCollection>({ ...collectionByName, values: [user_id, name] })
      : [];
    return found ?? collectionUnknown('API_COLLECTION_NAME', name);
  };
  const sharable = async (id: string): Promise<ApiCollection> => {
    const [found] = await reader.rows<ApiCollection>({ ...sharableCollections, values: [[id]] });
    return found ?? collectionUnknown('API_COLLECTION_ID', id);
  };
  const endpoints = ({ api_collection_id }: ApiCollection): AsyncGenerator<ApiCollectionEndpoints> => {
    const pages = pagesOf<ApiCollectionEndpoint>(endpointRows, (last, rows) =>
      reader.page({
        ...endpointsOfCollection,
        values: [api_collection_id, last?.api_collection_endpoint_id ?? '', rows],
      }),
    );
    return messagesOf(pages, (api_collection_endpoints) => ({ api_collection_endpoints }));
  };
  return {
    getMyApiCollections: (_request, { caller }) => {
      const pages = pagesOf<ApiCollection>(collectionRows, (last, rows) =>
        reader.page({ ...collectionsOfUser, values: [caller.user_id, last?.api_collection_id ?? '', rows] }),
      );
      return messagesOf(pages, (api_collections) => ({ api_collections }));
    },
    getMyApiCollectionByName: ({ api_collection_name }, { caller }) => own(caller.user_id, api_collection_name),
    async *getMyApiCollectionEndpoints({ api_collection_name }, { caller }) {
      yield* endpoints(await own(caller.user_id, api_collection_name));
    },
    async *getFeaturedApiCollections() {
      // In the order of the configuration setting.
      const ids = config.featured_api_collection_ids.filter(isId);
      const found = await reader.rows<ApiCollection>({ ...sharableCollections, values: [ids] });
      yield {
        api_collections: ids.flatMap((id) => found.find(({ api_collection_id }) => api_collection_id === id) ?? []),
      };
    },
    getSharableApiCollectionById: ({ api_collection_id }) => sharable(api_collection_id),
    async *getApiCollectionEndpoints({ api_collection_id }) {
      yield* endpoints(await sharable(api_collection_id));
    },
  };
}
