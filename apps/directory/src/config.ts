import { auditSettings } from '@platform/audit';
import { type ScopePolicy, scopePolicy } from '@platform/entitlements';
import type { Role } from '@platform/messages';
import { addressSetting, type Environment, kinds, scopeSettings, type Settings, type Values } from '@platform/runtime';
import { type Address, type ServiceConfig, serviceConfig, serviceSettings } from '@platform/service';
import { newUserRoles, newUserRolesFault } from './entitlement/new-user-roles.js';
import { isStrongPassword } from './user/password-strength.js';
import { isUsername } from './user/username.js';

/** Every setting of the directory service. */
export const directorySettings = {
  ...serviceSettings('directory', 50052),
  ...scopeSettings,
  ...auditSettings,
  CUSTOMERS_ADDRESS: addressSetting('customers', 50051),
  PUBLIC_URL: {
    schema: kinds.text('http://127.0.0.1:8080'),
    about: 'the address clients use; names the identity provider of local users',
  },
  ADMIN_USERNAME: {
    schema: kinds
      .text('admin.user')
      .refine(isUsername, 'must be an e-mail address, or 8 to 100 letters, digits, dots and underscores'),
    about: 'the first admin, a super admin',
  },
  ADMIN_PASSWORD: {
    schema: adminPassword(),
    about: "the first admin's password; a new value changes it at the next start",
    secret: true,
    absent: mustBeSet('ADMIN_PASSWORD'),
  },
  CONSUMER_KEY: {
    schema: kinds
      .secret(16)
      .refine((key = '') => /^[A-Za-z0-9-]{0,512}$/.test(key), 'must have letters, digits and hyphens only'),
    about: "the first application's key, letters, digits and hyphens",
    secret: true,
    absent: mustBeSet('CONSUMER_KEY'),
  },
  CONSUMER_SECRET: {
    schema: kinds
      .secret(16)
      .refine(
        (secret = '') => /^[\x21-\x7e]{0,255}$/.test(secret),
        'must have at most 255 ASCII characters and no blanks',
      ),
    about: "the first application's secret: it signs by OAuth 1.0a with it",
    secret: true,
    absent: mustBeSet('CONSUMER_SECRET'),
  },
  SUPER_ADMIN_USER_IDS: {
    schema: kinds.list(),
    about: 'user ids that may grant entitlements without a role, separated by commas',
  },
  MAX_BAD_LOGIN_ATTEMPTS: {
    schema: kinds.integer(0, 1_000, 5),
    about: 'more wrong passwords in a row lock a user for a while',
  },
  BAD_LOGIN_LOCK_SECONDS: {
    schema: kinds.integer(1, 3_600, 60),
    about: 'how long the first such lock is; each wrong password after it doubles that, up to an hour',
  },
  TOKEN_EXPIRATION_WEEKS: {
    schema: kinds.integer(1, 520, 4),
    about: 'how long a DirectLogin or OAuth 1.0a token is valid, however much it is used',
  },
  TOKEN_IDLE_MINUTES: {
    schema: tokenIdleMinutes(),
    about: 'after so many minutes without use such a token ends, up to a minute sooner; 0: never, else at least 5',
  },
  USER_ACCOUNT_VALIDATED: {
    schema: kinds.choice(['true', 'false', 'auto'], 'auto'),
    about: 'whether new users may log in at once; auto: outside production',
  },
  CONSUMERS_ENABLED_BY_DEFAULT: {
    schema: kinds.choice(['true', 'false', 'auto'], 'auto'),
    about: 'whether applications that developers register work at once; auto: outside production',
  },
  NEW_USER_ENTITLEMENT_LIST: {
    schema: newUserEntitlementList(),
    about: 'system roles that every new user gets, separated by commas',
  },
  FEATURED_API_COLLECTION_IDS: {
    schema: kinds.list(),
    about: 'ids of the API collections that are shown to everybody, separated by commas',
  },
} satisfies Settings;

/** The configuration of the directory service. */
export interface DirectoryConfig extends ServiceConfig {
  /** The identity provider of users created here. */
  readonly provider: string;
  readonly admin_username: string;
  readonly admin_password: string;
  readonly consumer_key: string;
  readonly consumer_secret: string;
  readonly super_admin_user_ids: readonly string[];
  readonly max_bad_login_attempts: number;
  /** Duration of the first lock in seconds. */
  readonly bad_login_lock_s: number;
  readonly token_expiration_weeks: number;
  /** 0: unused tokens do not expire early. */
  readonly token_idle_minutes: number;
  /** Where security events are written as log lines: a file, stderr, stdout or off. */
  readonly audit_log: string;
  readonly user_account_validated: boolean;
  readonly scope_policy: ScopePolicy;
  readonly customers_address: Address;
  readonly consumers_enabled_by_default: boolean;
  readonly featured_api_collection_ids: readonly string[];
  readonly new_user_roles: readonly Role[];
}

/**
 * The configuration from the settings' values, which have all secrets.
 * @throws ConfigurationError for a wrong policy of scopes
 */
export function directoryConfig(values: Values<typeof directorySettings>, env: Environment): DirectoryConfig {
  return {
    ...serviceConfig('directory', values),
    customers_address: values.CUSTOMERS_ADDRESS,
    provider: values.PUBLIC_URL,
    admin_username: values.ADMIN_USERNAME,
    admin_password: values.ADMIN_PASSWORD as string,
    consumer_key: values.CONSUMER_KEY as string,
    consumer_secret: values.CONSUMER_SECRET as string,
    super_admin_user_ids: values.SUPER_ADMIN_USER_IDS,
    max_bad_login_attempts: values.MAX_BAD_LOGIN_ATTEMPTS,
    bad_login_lock_s: values.BAD_LOGIN_LOCK_SECONDS,
    token_expiration_weeks: values.TOKEN_EXPIRATION_WEEKS,
    token_idle_minutes: values.TOKEN_IDLE_MINUTES,
    audit_log: values.AUDIT_LOG,
    scope_policy: scopePolicy(values),
    user_account_validated:
      values.USER_ACCOUNT_VALIDATED === 'auto'
        ? env['NODE_ENV'] !== 'production'
        : values.USER_ACCOUNT_VALIDATED === 'true',
    consumers_enabled_by_default:
      values.CONSUMERS_ENABLED_BY_DEFAULT === 'auto'
        ? env['NODE_ENV'] !== 'production'
        : values.CONSUMERS_ENABLED_BY_DEFAULT === 'true',
    new_user_roles: newUserRoles(values.NEW_USER_ENTITLEMENT_LIST),
    featured_api_collection_ids: values.FEATURED_API_COLLECTION_IDS,
  };
}

function mustBeSet(name: string) {
  return () => `${name} must be set: npm start generates it, a service that starts alone is given it`;
}

/** The error names only the entries that are not system roles. */
function newUserEntitlementList() {
  return kinds.text().superRefine((list, context) => {
    const fault = newUserRolesFault(list);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });
}

/** The last use is known to the minute: with a limit of less than a few minutes, tokens in use would expire. */
function tokenIdleMinutes() {
  return kinds.integer(0, 525_600, 0).refine((minutes) => minutes === 0 || minutes >= 5, 'must be 0 or at least 5');
}

/** A password that cannot be sent in a DirectLogin header would lock the first admin out. */
function adminPassword() {
  return kinds
    .secret(10)
    .refine(
      (password) => password === undefined || isStrongPassword(password),
      'must have 17 to 512 ASCII characters, or 10 to 16 with a digit, both cases and a special character',
    )
    .refine(
      (password) => password === undefined || !/,|^[\s"]|[\s"]$/.test(password),
      'must not contain a comma nor begin or end with a blank or a quote: a DirectLogin header cannot carry it',
    );
}
