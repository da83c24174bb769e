import { Access } from '@platform/descriptors';
import { documentedVersions, type Endpoint, operationVersions } from '@platform/endpoints';
import { ConfigurationError } from '@platform/runtime';
import type { GatewayConfig } from './config.js';
import type { Versions } from './rest/target.js';

/** The version prefixes that are served. @throws ConfigurationError for a text that is no version prefix */
export function enabledVersions({ API_ENABLED_VERSIONS, API_DISABLED_VERSIONS }: GatewayConfig): Versions {
  const read = (name: string, versions: readonly string[]) =>
    versions.map((version) => {
      const short = version.replace(/^OBP/, '');
      if (!documentedVersions.includes(short))
        throw new ConfigurationError([`${name}: ${version} is no version like OBPv5.1.0`]);
      return short;
    });
  const only = read('API_ENABLED_VERSIONS', API_ENABLED_VERSIONS);
  const not = new Set(read('API_DISABLED_VERSIONS', API_DISABLED_VERSIONS));
  const enabled = (version: string) => (only.length === 0 || only.includes(version)) && !not.has(version);
  return {
    operations: new Set(operationVersions.filter(enabled)),
    documentation: new Set(documentedVersions.filter(enabled)),
  };
}

/**
 * The operations of this instance, with the roles that its settings require.
 * @throws ConfigurationError for an unknown operation
 */
export function enabledEndpoints(endpoints: readonly Endpoint[], config: GatewayConfig): Endpoint[] {
  const known = new Set(endpoints.map(({ operation_id }) => operation_id));
  const read = (name: 'API_ENABLED_ENDPOINTS' | 'API_DISABLED_ENDPOINTS') => {
    const ids = config[name];
    const unknown = ids.filter((id) => !known.has(id));
    if (unknown.length > 0) throw new ConfigurationError([`${name}: ${unknown.join(', ')}: no such operation`]);
    return new Set(ids);
  };
  const [only, not] = [read('API_ENABLED_ENDPOINTS'), read('API_DISABLED_ENDPOINTS')];
  return endpoints
    .filter(({ operation_id }) => (only.size === 0 || only.has(operation_id)) && !not.has(operation_id))
    .map((endpoint) => withRoles(endpoint, config));
}

/** Roles that only count with a setting: then the operation needs a user with one of them, else it is public. */
function withRoles(endpoint: Endpoint, config: GatewayConfig): Endpoint {
  if (endpoint.roles_switch === undefined) return endpoint;
  return isOn(config, endpoint.roles_switch.setting)
    ? { ...endpoint, access: Access.UNSPECIFIED }
    : { ...endpoint, access: Access.PUBLIC, roles: [] };
}

/** Whether a setting that the contract names is on. @throws Error when the gateway has no such setting */
export function isOn(config: GatewayConfig, setting: string): boolean {
  const value = (config as Readonly<Record<string, unknown>>)[setting];
  if (typeof value !== 'boolean') throw new Error(`${setting} is no setting that is on or off`);
  return value;
}
