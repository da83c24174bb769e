import { describe, expect, it } from '@jest/globals';
import { type Endpoint, readEndpoints } from '@platform/endpoints';
import { bind, rpc } from '@platform/grpc';
import { BankLookupServiceDefinition, RootServiceDefinition, type RootV400 } from '@platform/messages';
import { createBackend, type RequestContext } from './backend.js';

const endpoints = readEndpoints();
const named = (name: string) => endpoints.find(({ operation_id }) => operation_id.endsWith(`-${name}`)) as Endpoint;
const requestContext: RequestContext = {
  claims: { user_id: 'u-1', consumer_id: '', bank_id: 'a', roles: [] },
  correlation_id: 'c-1',
  signal: () => new AbortController().signal,
};

const backend = createBackend({
  addresses: {},
  secret: 'a secret of the tests',
  clock: () => 1_000,
  trail: { record: () => undefined },
  log: { warn: () => undefined },
  views: () => [
    bind(RootServiceDefinition, {
      getRoot: async (_request, { caller, correlation_id }) =>
        ({ version: `${caller.user_id} ${caller.issuer} ${correlation_id}` }) as RootV400,
    }),
  ],
});

describe('the backend', () => {
  it('runs in this process what is implemented here, with the caller as a service would see it', async () => {
    expect(await backend.operation(named('root')).call({}, requestContext)).toEqual({ version: 'u-1 gateway c-1' });
  });

  it('refuses, when it is asked to prepare it, an operation that nobody serves', () => {
    for (const endpoint of endpoints.filter((one) => one !== named('root'))) {
      expect(() => backend.operation(endpoint)).toThrow(/^no address is configured for obp\.\w+\.v1/);
    }
  });

  it('names the service whose address is missing', () => {
    expect(() => backend.asService(rpc(BankLookupServiceDefinition, 'findBank'), { bank_id: 'a' }, 'c')).toThrow(
      'no address is configured for obp.directory.v1',
    );
    expect(() => backend.asServiceStream(rpc(BankLookupServiceDefinition, 'findBank'), { bank_id: 'a' }, 'c')).toThrow(
      'no address is configured for obp.directory.v1',
    );
  });
});
