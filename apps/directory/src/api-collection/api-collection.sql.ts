import type { Statement } from '@platform/persistence';

const columns = 'api_collection_id, user_id, api_collection_name, is_sharable, description';

/** Oldest first. $1 user, $2 the collection after which the page starts, $3 rows. */
export const collectionsOfUser: Statement = {
  name: 'api-collections-of-user',
  text: `
    select ${columns}
    from api_collection
    where user_id = $1 and api_collection_id > $2
    order by api_collection_id
    limit $3`,
};

/** $1 user, $2 name. */
export const collectionByName: Statement = {
  name: 'api-collection-by-name',
  text: `select ${columns} from api_collection where user_id = $1 and api_collection_name = $2`,
};

/** The collections with these ids that all users may read. $1 ids. */
export const sharableCollections: Statement = {
  name: 'sharable-api-collections',
  text: `select ${columns} from api_collection where api_collection_id = any($1::text[]) and is_sharable`,
};

/** Oldest first. $1 collection, $2 the endpoint after which the page starts, $3 rows. */
export const endpointsOfCollection: Statement = {
  name: 'endpoints-of-api-collection',
  text: `
    select api_collection_endpoint_id, api_collection_id, operation_id
    from api_collection_endpoint where api_collection_id = $1 and api_collection_endpoint_id > $2 order by api_collection_endpoint_id limit $3`,
};

/** Of a user (collection, user); one row if there was such a collection. */
export const deleteCollection = 'delete from api_collection where api_collection_id = ? and user_id = ? returning 1';

/** Values: collection, endpoint, operation. */
export const insertEndpoint = `
  insert into api_collection_endpoint (api_collection_id, api_collection_endpoint_id, operation_id)
  values (?, ?, ?)`;

/** Of a collection (collection, operation); one row if there was such an endpoint. */
export const deleteEndpoint = `
  delete from api_collection_endpoint
  where api_collection_id = ? and operation_id = ?
  returning 1`;
