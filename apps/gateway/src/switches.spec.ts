import { describe, expect, it } from '@jest/globals';
import { Access } from '@platform/descriptors';
import { readEndpoints } from '@platform/endpoints';
import { Role } from '@platform/messages';
import { readSettings } from '@platform/runtime';
import { gatewaySettings } from './config.js';
import { enabledEndpoints, enabledVersions, isOn } from './switches.js';

const configOf = (env: Record<string, string>) =>
  readSettings(gatewaySettings, { CALLER_SECRET: 'a secret of the tests and long enough', ...env });
const all = readEndpoints();

describe('the versions that answer', () => {
  it('are all of them unless some are named', () => {
    const { operations, documentation } = enabledVersions(configOf({}));
    expect([...operations].slice(-2)).toEqual(['v5.1.0', 'v6.0.0']);
    expect([...documentation].filter((version) => !operations.has(version))).toEqual(['v7.0.0']);
    expect([
      ...enabledVersions(configOf({ API_ENABLED_VERSIONS: '[OBPv4.0.0, v5.1.0]', API_DISABLED_VERSIONS: 'OBPv4.0.0' }))
        .operations,
    ]).toEqual(['v5.1.0']);
  });

  it('are refused when there is no such version', () => {
    expect(() => enabledVersions(configOf({ API_DISABLED_VERSIONS: '[OBPv9.9.9]' }))).toThrow(
      'OBPv9.9.9 is no version like OBPv5.1.0',
    );
  });
});

describe('the operations that exist', () => {
  const idsOf = (env: Record<string, string>) =>
    enabledEndpoints(all, configOf(env)).map(({ operation_id }) => operation_id);

  it('are all of them unless some are named', () => {
    expect(idsOf({})).toHaveLength(all.length);
    expect(
      idsOf({
        API_ENABLED_ENDPOINTS: '[OBPv5.0.0-createCustomer,OBPv4.0.0-root]',
        API_DISABLED_ENDPOINTS: '[OBPv4.0.0-root]',
      }),
    ).toEqual(['OBPv5.0.0-createCustomer']);
    expect(idsOf({ API_DISABLED_ENDPOINTS: 'OBPv5.0.0-createCustomer' })).not.toContain('OBPv5.0.0-createCustomer');
  });

  it('are refused when there is no such operation', () => {
    expect(() => idsOf({ API_ENABLED_ENDPOINTS: 'OBPv1.0.0-fly' })).toThrow('no such operation');
  });

  it('name only settings that are on or off', () => {
    const config = configOf({ ALLOW_CUSTOMER_FIREHOSE: 'true' });
    const named = all.flatMap(({ feature_switch, roles_switch }) => [feature_switch ?? [], roles_switch ?? []].flat());
    const settings = [...new Set(named.map(({ setting }) => setting))];
    expect(settings.map((setting) => [setting, isOn(config, setting)]).sort()).toEqual([
      ['ALLOW_CUSTOMER_FIREHOSE', true],
      ['ALLOW_SANDBOX_DATA_IMPORT', false],
      ['GLOSSARY_REQUIRES_ROLE', false],
      ['READ_AUTHENTICATION_TYPE_VALIDATION_REQUIRES_ROLE', false],
      ['READ_JSON_SCHEMA_VALIDATION_REQUIRES_ROLE', false],
      ['RESOURCE_DOCS_REQUIRES_ROLE', false],
    ]);
    expect(() => isOn(config, 'PORT')).toThrow('PORT is no setting that is on or off');
  });

  it('need some roles only where a setting says so', () => {
    const glossary = (env: Record<string, string>) =>
      enabledEndpoints(all, configOf(env)).find(({ operation_id }) => operation_id === 'OBPv3.0.0-getApiGlossary');
    expect(glossary({})).toMatchObject({ access: Access.PUBLIC, roles: [] });
    expect(glossary({ GLOSSARY_REQUIRES_ROLE: 'true' })).toMatchObject({
      access: Access.UNSPECIFIED,
      roles: [Role.ROLE_CAN_READ_GLOSSARY],
    });
  });
});
