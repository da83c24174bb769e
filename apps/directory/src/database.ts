import { AccountAttributeSchema } from './account-attribute/account-attribute.entity.js';
import { BankSchema } from './bank/bank.entity.js';
import { EntitlementSchema } from './entitlement/entitlement.entity.js';
import { TokenSchema } from './identity/token.entity.js';
import { migrations } from './migrations/index.js';
import { UserSchema } from './user/user.entity.js';
import { UserAttributeSchema } from './user-attribute/user-attribute.entity.js';

/** The service's own database: what commands load, and how its tables come to be. */
export const database = { entities: [AccountAttributeSchema, BankSchema, EntitlementSchema, TokenSchema, UserSchema, UserAttributeSchema], migrations } as const;
