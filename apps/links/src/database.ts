import { CustomerAccountLinkSchema } from './customer-account-link/customer-account-link.entity.js';
import { migrations } from './migrations/index.js';
import { UserCustomerLinkSchema } from './user-customer-link/user-customer-link.entity.js';

/** The service's own database: what commands load, and how its tables come to be. */
export const database = { entities: [UserCustomerLinkSchema, CustomerAccountLinkSchema], migrations } as const;
