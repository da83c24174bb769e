import { CustomerAccountLinkSchema } from './customer-account-link/customer-account-link.entity.js';
import { migrations } from './migrations/index.js';
import { UserCustomerLinkSchema } from './user-customer-link/user-customer-link.entity.js';

/** The service's own database: the entities that commands load, and the migrations. */
export const database = { entities: [UserCustomerLinkSchema, CustomerAccountLinkSchema], migrations } as const;
