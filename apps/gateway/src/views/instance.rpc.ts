import { bind, type BoundService, type Implementation, rpc } from '@platform/grpc';
import { BankLookupServiceDefinition, InstanceServiceDefinition } from '@platform/messages';
import { systemClock } from '@platform/runtime';
import type { Backend } from '../calls/backend.js';
import type { GatewayConfig } from '../config.js';

/** The operations that list the accepted identity providers. */
export type WellKnown = Pick<Implementation<InstanceServiceDefinition>, 'getWellKnownUris' | 'getOAuth2ServerJWKsURIs'>;

const findBank = rpc(BankLookupServiceDefinition, 'findBank');

/** How this instance runs. */
export function createInstanceView(backend: Backend, config: GatewayConfig, wellKnown: WellKnown): BoundService {
  /** Milliseconds that a call to the directory takes, with one query there. */
  const roundTrip = async (correlation_id: string): Promise<number> => {
    const began = systemClock();
    await backend.asService(findBank, { bank_id: 'loopback' }, correlation_id);
    return systemClock() - began;
  };
  return bind(InstanceServiceDefinition, {
    ...wellKnown,
    getConfig: async () => ({
      akka: { ports: [], log_level: '' },
      elastic_search: { metrics: [], warehouse: [] },
      cache: [{ method: 'identities, roles and banks', value: '0.9' }],
      scopes: {
        require_scopes_for_all_roles: config.REQUIRE_SCOPES_FOR_ALL_ROLES,
        require_scopes_for_listed_roles: config.REQUIRE_SCOPES_FOR_LISTED_ROLES,
      },
    }),
    getMySpaces: async () => ({ bank_ids: [] }),
    getAdapterInfo: async (_request, { correlation_id }) => ({
      name: 'LocalMappedConnector',
      version: '',
      git_commit: '',
      date: '',
      total_duration: (await roundTrip(correlation_id)) / 1_000,
      backend_messages: [],
    }),
    getRateLimitingInfo: async () => ({
      enabled: config.USE_CONSUMER_LIMITS,
      technology: 'POSTGRESQL',
      service_available: true,
      is_active: config.USE_CONSUMER_LIMITS,
    }),
    getSuggestedSessionTimeout: async () => ({ timeout_in_seconds: '300' }),
    connectorLoopback: async (_request, { correlation_id }) => ({
      connector_version: 'mapped',
      git_commit: '',
      duration_time: `${await roundTrip(correlation_id)} ms`,
    }),
  });
}
