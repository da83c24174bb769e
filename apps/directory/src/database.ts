import { AccountAttributeSchema } from './account-attribute/account-attribute.entity.js';
import { ApiCollectionSchema } from './api-collection/api-collection.entity.js';
import { BankSchema } from './bank/bank.entity.js';
import { ConsumerSchema } from './consumer/consumer.entity.js';
import { EntitlementSchema } from './entitlement/entitlement.entity.js';
import { EntitlementRequestSchema } from './entitlement-request/entitlement-request.entity.js';
import { TokenSchema } from './identity/token.entity.js';
import { migrations } from './migrations/index.js';
import { ScopeSchema } from './scope/scope.entity.js';
import { UserSchema } from './user/user.entity.js';
import { UserAttributeSchema } from './user-attribute/user-attribute.entity.js';

/** The service's own database: the entities that commands load, and the migrations. */
export const database = {
  entities: [
    AccountAttributeSchema,
    ApiCollectionSchema,
    BankSchema,
    ConsumerSchema,
    EntitlementSchema,
    EntitlementRequestSchema,
    ScopeSchema,
    TokenSchema,
    UserSchema,
    UserAttributeSchema,
  ],
  migrations,
} as const;
