import { AddressSchema } from './address/address.entity.js';
import { CrmEventSchema } from './crm-event/crm-event.entity.js';
import { CustomerSchema } from './customer/customer-schema.js';
import { migrations } from './migrations/index.js';
import { SocialMediaHandleSchema } from './social-media/social-media-handle.entity.js';
import { TaxResidenceSchema } from './tax-residence/tax-residence.entity.js';

/** The service's own database: the entities that commands load, and the migrations. */
export const database = {
  entities: [CustomerSchema, AddressSchema, TaxResidenceSchema, SocialMediaHandleSchema, CrmEventSchema],
  migrations,
} as const;
