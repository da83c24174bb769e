import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@platform/grpc';
import {
  type ApiCollection,
  ApiCollectionServiceDefinition,
  Failure,
  type PostApiCollectionJson400,
} from '@platform/messages';
import { createDirectoryService } from '../src/index.js';
import { all, asUser, connect, context, newName, outcomes, refused, startDirectory, testConfig } from './directory.js';

const rpcs = {
  create: rpc(ApiCollectionServiceDefinition, 'createMyApiCollection'),
  listMine: rpc(ApiCollectionServiceDefinition, 'getMyApiCollections'),
  byName: rpc(ApiCollectionServiceDefinition, 'getMyApiCollectionByName'),
  remove: rpc(ApiCollectionServiceDefinition, 'deleteMyApiCollection'),
  add: rpc(ApiCollectionServiceDefinition, 'createMyApiCollectionEndpoint'),
  listMyEndpoints: rpc(ApiCollectionServiceDefinition, 'getMyApiCollectionEndpoints'),
  removeEndpoint: rpc(ApiCollectionServiceDefinition, 'deleteMyApiCollectionEndpoint'),
  featured: rpc(ApiCollectionServiceDefinition, 'getFeaturedApiCollections'),
  sharable: rpc(ApiCollectionServiceDefinition, 'getSharableApiCollectionById'),
  listEndpoints: rpc(ApiCollectionServiceDefinition, 'getApiCollectionEndpoints'),
};

let directory: Awaited<ReturnType<typeof startDirectory>>;
let user_id: string;
let other_id: string;
beforeAll(async () => {
  directory = await startDirectory();
  [user_id, other_id] = [(await directory.createUser()).user_id, (await directory.createUser()).user_id];
});
afterAll(() => directory.close());

const create = (
  api_collection_name: string,
  change: Partial<PostApiCollectionJson400> = {},
  by = user_id,
): Promise<ApiCollection> =>
  directory.peer.call(
    rpcs.create,
    { body: { api_collection_name, is_sharable: false, description: null, ...change } },
    asUser(by),
  );
const byName = (api_collection_name: string, by = user_id) =>
  directory.peer.call(rpcs.byName, { api_collection_name }, asUser(by));
const remove = (api_collection_id: string, by = user_id) =>
  directory.peer.call(rpcs.remove, { api_collection_id }, asUser(by));
const add = (api_collection_name: string, operation_id: string, by = user_id) =>
  directory.peer.call(rpcs.add, { api_collection_name, body: { operation_id } }, asUser(by));
const removeEndpoint = (api_collection_name: string, operation_id: string, by = user_id) =>
  directory.peer.call(rpcs.removeEndpoint, { api_collection_name, operation_id }, asUser(by));
const listMine = async (by = user_id) =>
  (await all(directory.peer.stream(rpcs.listMine, {}, asUser(by)))).flatMap(({ api_collections }) => api_collections);
const myEndpoints = async (api_collection_name: string, by = user_id) =>
  (await all(directory.peer.stream(rpcs.listMyEndpoints, { api_collection_name }, asUser(by)))).flatMap(
    ({ api_collection_endpoints }) => api_collection_endpoints,
  );
const endpoints = async (api_collection_id: string) =>
  (await all(directory.peer.stream(rpcs.listEndpoints, { api_collection_id }, context()))).flatMap(
    ({ api_collection_endpoints }) => api_collection_endpoints,
  );
const sharable = (api_collection_id: string) => directory.peer.call(rpcs.sharable, { api_collection_id }, context());

const noName = (name: string) => ({
  failure: Failure.FAILURE_API_COLLECTION_NOT_FOUND,
  detail: ` Current API_COLLECTION_NAME(${name})`,
});
const noId = (id: string) => ({
  failure: Failure.FAILURE_API_COLLECTION_NOT_FOUND,
  detail: ` Current API_COLLECTION_ID(${id})`,
});

describe("a user's API collections", () => {
  it('are kept under names of their own, oldest first', async () => {
    const owner = (await directory.createUser()).user_id;
    expect(await listMine(owner)).toEqual([]);
    const favourites = await create('Favourites', { description: 'what I like', is_sharable: true }, owner);
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(favourites).toEqual({
      api_collection_id: id,
      user_id: owner,
      api_collection_name: 'Favourites',
      is_sharable: true,
      description: 'what I like',
    });
    const second = await create('My é/"😀" %', {}, owner);
    expect(second).toMatchObject({ description: '', is_sharable: false });
    await create('Favourites', {}, other_id);
    expect(await listMine(owner)).toEqual([favourites, second]);
    expect(await byName('Favourites', owner)).toEqual(favourites);
    expect(await byName('My é/"😀" %', owner)).toEqual(second);
    await expect(create('Favourites', {}, owner)).rejects.toMatchObject({
      failure: Failure.FAILURE_API_COLLECTION_EXISTS,
    });
    await expect(byName('favourites', owner)).rejects.toMatchObject(noName('favourites'));
  });

  it('have one of a name, also when ten come at once', async () => {
    const name = newName('collection');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => create(name)));
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_API_COLLECTION_EXISTS] });
  });

  it.each<[string, string, Partial<PostApiCollectionJson400>]>([
    ['an empty name', ' ', {}],
    ['a long name', 'x'.repeat(256), {}],
    ['NUL in the name', 'a\0', {}],
    ['a long description', 'name', { description: 'x'.repeat(2001) }],
  ])('refuse %s', async (_what, name, change) => {
    await expect(create(name, change)).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
  });

  it('want a body and a user that is there', async () => {
    await expect(directory.peer.call(rpcs.create, { body: null }, asUser(user_id))).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_JSON_FORMAT,
    });
    await expect(create('name', {}, 'gone')).rejects.toMatchObject({ failure: Failure.FAILURE_USER_NOT_LOGGED_IN });
    await expect(directory.peer.call(rpcs.byName, { api_collection_name: 'x' }, context())).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
  });

  it('are deleted with what they hold, by their owner alone', async () => {
    const { api_collection_id, api_collection_name } = await create(newName('collection'), { is_sharable: true });
    await add(api_collection_name, 'OBPv4.0.0-one');
    await expect(remove(api_collection_id, other_id)).rejects.toMatchObject(noId(api_collection_id));
    expect(await remove(api_collection_id)).toEqual({});
    await expect(remove(api_collection_id)).rejects.toMatchObject(noId(api_collection_id));
    await expect(byName(api_collection_name)).rejects.toMatchObject(noName(api_collection_name));
    await expect(endpoints(api_collection_id)).rejects.toMatchObject(noId(api_collection_id));
    expect(
      await directory.rows('select from api_collection_endpoint where api_collection_id = $1', [api_collection_id]),
    ).toEqual([]);
  });

  it.each(['unknown', '', 'a\0', 'x'.repeat(1_000)])('are not found by %j', async (text) => {
    await refused(
      [byName(text), add(text, 'operation'), myEndpoints(text), removeEndpoint(text, 'operation')],
      noName(text),
    );
    await refused([remove(text), sharable(text), endpoints(text)], noId(text));
  });
});

describe('the endpoints of a collection', () => {
  it('are added once each and taken away, by the owner alone', async () => {
    const { api_collection_id, api_collection_name: name } = await create(newName('collection'));
    const [one, two] = [await add(name, 'OBPv4.0.0-one'), await add(name, 'OBPv4.0.0-two')];
    expect(one).toEqual({
      api_collection_endpoint_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      api_collection_id,
      operation_id: 'OBPv4.0.0-one',
    });
    expect(await myEndpoints(name)).toEqual([one, two]);
    await expect(add(name, 'OBPv4.0.0-one')).rejects.toMatchObject({
      failure: Failure.FAILURE_API_COLLECTION_ENDPOINT_EXISTS,
    });
    await refused(
      [add(name, 'x', other_id), removeEndpoint(name, 'OBPv4.0.0-one', other_id), myEndpoints(name, other_id)],
      noName(name),
    );
    expect(await removeEndpoint(name, 'OBPv4.0.0-one')).toEqual({});
    for (const gone of ['OBPv4.0.0-one', 'a\0', '', 'x'.repeat(1_000)]) {
      await expect(removeEndpoint(name, gone)).rejects.toMatchObject({
        failure: Failure.FAILURE_API_COLLECTION_ENDPOINT_NOT_FOUND,
      });
    }
    expect(await myEndpoints(name)).toEqual([two]);
  });

  it('take one of ten equal ones that come at once', async () => {
    const { api_collection_name } = await create(newName('collection'));
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => add(api_collection_name, 'OBPv4.0.0-one')),
    );
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_API_COLLECTION_ENDPOINT_EXISTS] });
  });

  it('never outlive a collection that is deleted at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { api_collection_id, api_collection_name } = await create(newName('collection'));
      const [added] = await Promise.allSettled([add(api_collection_name, 'one'), remove(api_collection_id)]);
      if (added.status === 'rejected') expect(added.reason).toMatchObject(noName(api_collection_name));
      expect(
        await directory.rows('select from api_collection_endpoint where api_collection_id = $1', [api_collection_id]),
      ).toEqual([]);
    }
  });

  it('are refused without a body, empty, too long or with NUL, before the collection is looked for', async () => {
    await expect(
      directory.peer.call(rpcs.add, { api_collection_name: 'unknown', body: null }, asUser(user_id)),
    ).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
    for (const bad of ['', 'x'.repeat(256), 'a\0'])
      await expect(add('unknown', bad)).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
  });

  it('come in pages, whatever their number', async () => {
    const { api_collection_id, api_collection_name } = await create(newName('collection'), { is_sharable: true });
    await directory.rows(
      "insert into api_collection_endpoint select $1, lpad(n::text, 5, '0'), 'op.' || n from generate_series(1, 1001) n",
      [api_collection_id],
    );
    const found = await endpoints(api_collection_id);
    expect(found.map(({ operation_id }) => operation_id)).toEqual(
      Array.from({ length: 1_001 }, (_, n) => `op.${n + 1}`),
    );
    expect(await myEndpoints(api_collection_name)).toEqual(found);
  });
});

describe('collections for everybody', () => {
  it('are those that their owners share', async () => {
    const shared = await create(newName('collection'), { is_sharable: true });
    const own = await create(newName('collection'));
    const endpoint = await add(shared.api_collection_name, 'OBPv4.0.0-one');
    expect(await sharable(shared.api_collection_id)).toEqual(shared);
    expect(await endpoints(shared.api_collection_id)).toEqual([endpoint]);
    await expect(sharable(own.api_collection_id)).rejects.toMatchObject(noId(own.api_collection_id));
    await expect(endpoints(own.api_collection_id)).rejects.toMatchObject(noId(own.api_collection_id));
  });

  it('are featured in the order of the setting, if they are shared', async () => {
    const featured = (peer: typeof directory.peer) => all(peer.stream(rpcs.featured, {}, context()));
    expect(await featured(directory.peer)).toEqual([{ api_collections: [] }]);
    const [first, second] = [
      await create(newName('collection'), { is_sharable: true }),
      await create(newName('collection'), { is_sharable: true }),
    ];
    const own = await create(newName('collection'));
    const ids = [second, own, first].map(({ api_collection_id }) => api_collection_id);
    const service = await createDirectoryService(
      testConfig(directory.database_url, { featured_api_collection_ids: ['unknown', 'no id', ...ids] }),
    );
    const { peer } = connect(service.port);
    try {
      expect(await featured(peer)).toEqual([{ api_collections: [second, first] }]);
    } finally {
      peer.close();
      await service.close();
    }
  });
});
