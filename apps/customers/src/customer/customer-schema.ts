import { defineEntity, p } from '@mikro-orm/postgresql';
import { SecondsListType, SecondsType } from '@platform/persistence';
import { Customer } from './customer.entity.js';

/** The columns that commands write. `last_ok_sort` is computed by the database. */
export const CustomerSchema = defineEntity({
  class: Customer,
  tableName: 'customer',
  properties: {
    bank_id: p.text().primary(),
    customer_id: p.text().primary(),
    customer_number: p.text(),
    legal_name: p.text(),
    mobile_phone_number: p.text(),
    email: p.text(),
    face_image_url: p.text(),
    face_image_date: p.type(SecondsType).nullable(),
    date_of_birth: p.type(SecondsType).nullable(),
    relationship_status: p.text(),
    dependants: p.integer(),
    dob_of_dependants: p.type(SecondsListType),
    credit_rating_rating: p.text(),
    credit_rating_source: p.text(),
    credit_limit_currency: p.text(),
    credit_limit_amount: p.text(),
    highest_education_attained: p.text(),
    employment_status: p.text(),
    kyc_status: p.boolean(),
    last_ok_date: p.type(SecondsType).nullable(),
    title: p.text(),
    branch_id: p.text(),
    name_suffix: p.text(),
    created_at: p.type(SecondsType),
    updated_at: p.type(SecondsType),
  },
});

/** The unique index over (bank_id, customer_number). */
export const numberIndex = 'customer_number_unique';
