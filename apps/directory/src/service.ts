import type { MikroORM } from '@mikro-orm/postgresql';
import { createTrail } from '@platform/audit';
import { createOutbox } from '@platform/outbox';
import { autocommit, whenReachable } from '@platform/persistence';
import type { Clock } from '@platform/runtime';
import { createService, type RunningService, type ServiceParts } from '@platform/service';
import { createAccountService } from './account/account.rpc.js';
import { createApiCollectionService } from './api-collection/api-collection.rpc.js';
import { createAudit } from './audit/audit.js';
import { createAuditService } from './audit/audit.rpc.js';
import { insertEvents } from './audit/audit.sql.js';
import { createAuthenticationTypeValidationService } from './authentication-type-validation/authentication-type-validation.rpc.js';
import { createBankLookupService } from './bank/bank-lookup.rpc.js';
import { createBankService } from './bank/bank.rpc.js';
import { createCallLimitService } from './call-limit/call-limit.rpc.js';
import type { DirectoryConfig } from './config.js';
import { createConsumerService } from './consumer/consumer.rpc.js';
import { database as schema } from './gen/database.js';
import { createEntitlementService } from './entitlement/entitlement.rpc.js';
import { createJustInTimeEntitlementService } from './entitlement/just-in-time-entitlement.rpc.js';
import { createRoleHoldingService } from './entitlement/role-holding.rpc.js';
import { createEntitlementRequestService } from './entitlement-request/entitlement-request.rpc.js';
import { ensureFirstLogin } from './first-login.js';
import { createIdentityService } from './identity/identity.rpc.js';
import { createPasswords, type Hasher } from './identity/passwords.js';
import { createJsonSchemaValidationService } from './json-schema-validation/json-schema-validation.rpc.js';
import { createOAuthService } from './oauth/oauth.rpc.js';
import type { Parts } from './parts.js';
import { createRestrictionService } from './restriction/restriction.rpc.js';
import { crmEventDelivery } from './sandbox/crm-event-delivery.js';
import { createSandboxService } from './sandbox/sandbox.rpc.js';
import { createScopeService } from './scope/scope.rpc.js';
import { createTokenService } from './token/token.rpc.js';
import { createTokenUse } from './token/token-use.js';
import { createUserService } from './user/user.rpc.js';
import { createUserAttributeService } from './user-attribute/user-attribute.rpc.js';

const factories = [
  createIdentityService,
  createBankLookupService,
  createCallLimitService,
  createRestrictionService,
  createJustInTimeEntitlementService,
  createRoleHoldingService,
  createUserService,
  createUserAttributeService,
  createEntitlementService,
  createEntitlementRequestService,
  createScopeService,
  createBankService,
  createAccountService,
  createOAuthService,
  createSandboxService,
  createConsumerService,
  createJsonSchemaValidationService,
  createAuthenticationTypeValidationService,
  createApiCollectionService,
  createTokenService,
  createAuditService,
];

/**
 * Starts the directory: users, applications, tokens, entitlements, banks and accounts.
 * @param injected replacements for tests
 */
export function createDirectoryService(
  config: DirectoryConfig,
  injected: { clock?: Clock; hasher?: Hasher } = {},
): Promise<RunningService> {
  return createService(
    {
      ...schema,
      name: 'directory',
      async services(service) {
        const { orm, clock, log, closing } = service;
        const trail = closing(
          createTrail({
            target: config.audit_log,
            store: (events) => autocommit(orm, {}, (em) => insertEvents(em, events)),
            log,
            clock,
          }),
        );
        const tokenUse = closing(createTokenUse({ orm, clock, log }));
        const outbox = closing(
          createOutbox({ ...service, handlers: { 'crm-events': crmEventDelivery(service, config) } }),
        );
        const auditOf = (own: MikroORM) => createAudit({ orm: own, trail, clock });
        const parts: Parts & ServiceParts = {
          ...service,
          config,
          passwords: await createPasswords(injected.hasher),
          audit: auditOf(orm),
          tokenUse,
          outbox,
        };
        await whenReachable(log, () => ensureFirstLogin(parts));
        return (database) => {
          const own = { ...parts, ...database, audit: auditOf(database.orm) };
          return factories.map((create) => create(own));
        };
      },
    },
    config,
    injected.clock,
  );
}
