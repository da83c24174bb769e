import { describe, expect, it } from '@jest/globals';
import { Role } from '@platform/messages';
import { type ConfigurationError, readSettings } from '@platform/runtime';
import { directoryConfig, directorySettings } from './config.js';

const given = {
  DATABASE_URL: 'postgresql://postgres@127.0.0.1:5432/postgres',
  CALLER_SECRET: 'c'.repeat(32),
  ADMIN_PASSWORD: 'an-admin-password-1',
  CONSUMER_KEY: 'a-consumer-key-of-16',
  CONSUMER_SECRET: 'a-consumer-secret',
};

const configOf = (env: Record<string, string>) => directoryConfig(readSettings(directorySettings, env), env);

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    configOf(env);
    return [];
  } catch (error) {
    return (error as ConfigurationError).faults;
  }
}

describe('the configuration of the directory', () => {
  it('has a default for all but secrets and the database', () => {
    expect(configOf(given)).toMatchObject({
      host: '127.0.0.1',
      port: 50052,
      database_url: 'postgresql://postgres@127.0.0.1:5432/directory',
      provider: 'http://127.0.0.1:8080',
      admin_username: 'admin.user',
      max_bad_login_attempts: 5,
      token_expiration_weeks: 4,
      token_idle_minutes: 0,
      audit_log: 'off',
      super_admin_user_ids: [],
      user_account_validated: true,
      consumers_enabled_by_default: true,
      featured_api_collection_ids: [],
    });
  });

  it('takes its own database, a list of super admins, and validates new users in production', () => {
    const own = 'postgresql://directory@db.example.com/people';
    const env = { ...given, NODE_ENV: 'production', DIRECTORY_DATABASE_URL: own, SUPER_ADMIN_USER_IDS: ' one, two ,' };
    expect(configOf(env)).toMatchObject({
      database_url: own,
      super_admin_user_ids: ['one', 'two'],
      user_account_validated: false,
    });
    expect(configOf({ ...env, USER_ACCOUNT_VALIDATED: 'true' }).user_account_validated).toBe(true);
  });

  it('lets new applications wait for an administrator in production', () => {
    const env = { ...given, NODE_ENV: 'production', FEATURED_API_COLLECTION_IDS: 'one, two' };
    expect(configOf(env)).toMatchObject({
      consumers_enabled_by_default: false,
      featured_api_collection_ids: ['one', 'two'],
    });
    expect(configOf({ ...env, CONSUMERS_ENABLED_BY_DEFAULT: 'true' }).consumers_enabled_by_default).toBe(true);
    expect(configOf({ ...given, CONSUMERS_ENABLED_BY_DEFAULT: 'false' }).consumers_enabled_by_default).toBe(false);
  });

  it('takes an idle end of a few minutes or more, or none', () => {
    expect(configOf({ ...given, TOKEN_IDLE_MINUTES: '15' }).token_idle_minutes).toBe(15);
    expect(faultsOf({ ...given, TOKEN_IDLE_MINUTES: '4' })).toEqual([
      expect.stringMatching(/^TOKEN_IDLE_MINUTES: must be 0 or at least 5/),
    ]);
  });

  it('takes the roles of new users by name', () => {
    expect(configOf(given).new_user_roles).toEqual([]);
    expect(configOf({ ...given, NEW_USER_ENTITLEMENT_LIST: 'CanCreateBank, CanGetAnyUser' }).new_user_roles).toEqual([
      Role.ROLE_CAN_CREATE_BANK,
      Role.ROLE_CAN_GET_ANY_USER,
    ]);
  });

  it('names everything that is missing', () => {
    expect(faultsOf({}).map((fault) => fault.split(' ')[0])).toEqual([
      'DIRECTORY_DATABASE_URL',
      'CALLER_SECRET',
      'ADMIN_PASSWORD',
      'CONSUMER_KEY',
      'CONSUMER_SECRET',
    ]);
    expect(faultsOf({ NODE_ENV: 'production' }).join()).toMatch(
      /CALLER_SECRET.*ADMIN_PASSWORD.*CONSUMER_KEY.*CONSUMER_SECRET/,
    );
  });

  it.each([
    ['ADMIN_USERNAME', 'no..name'],
    ['ADMIN_PASSWORD', 'weak-password'],
    ['ADMIN_PASSWORD', 'with a comma, which ends it'],
    ['CONSUMER_KEY', 'sixteen letters with blanks'],
    ['CONSUMER_SECRET', 'sixteen characters with blanks'],
    ['CALLER_SECRET', 'short'],
    ['MAX_BAD_LOGIN_ATTEMPTS', 'five'],
    ['NEW_USER_ENTITLEMENT_LIST', 'CanFly'],
    ['NEW_USER_ENTITLEMENT_LIST', 'CanGetCustomer'],
  ])('refuses a bad %s without showing it', (name, value) => {
    const faults = faultsOf({ ...given, [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(name);
    expect(faults[0]).not.toContain(value);
  });
});
