import type { CustomerV300, CustomerV310 } from '@platform/messages';
import { dayOf } from '@platform/runtime';
import type { Customer } from './customer.entity.js';

/** The columns needed for all published shapes. */
export const customerColumns = [
  'bank_id',
  'customer_id',
  'customer_number',
  'legal_name',
  'mobile_phone_number',
  'email',
  'face_image_url',
  'face_image_date',
  'date_of_birth',
  'relationship_status',
  'dependants',
  'dob_of_dependants',
  'credit_rating_rating',
  'credit_rating_source',
  'credit_limit_currency',
  'credit_limit_amount',
  'highest_education_attained',
  'employment_status',
  'kyc_status',
  'last_ok_date',
  'title',
  'branch_id',
  'name_suffix',
  'version',
] as const satisfies readonly (keyof Customer)[];

/** A stored customer: the columns that queries select and entities have. Dates as in responses. */
export type CustomerRow = Readonly<Pick<Customer, (typeof customerColumns)[number]>>;

/** The full shape: dates are ISO or null. */
export function customerV310(row: CustomerRow): CustomerV310 {
  return {
    bank_id: row.bank_id,
    customer_id: row.customer_id,
    customer_number: row.customer_number,
    legal_name: row.legal_name,
    mobile_phone_number: row.mobile_phone_number,
    email: row.email,
    face_image: { url: row.face_image_url, date: row.face_image_date },
    date_of_birth: row.date_of_birth,
    relationship_status: row.relationship_status,
    dependants: row.dependants,
    dob_of_dependants: row.dob_of_dependants,
    credit_rating: { rating: row.credit_rating_rating, source: row.credit_rating_source },
    credit_limit: { currency: row.credit_limit_currency, amount: row.credit_limit_amount },
    highest_education_attained: row.highest_education_attained,
    employment_status: row.employment_status,
    kyc_status: row.kyc_status,
    last_ok_date: row.last_ok_date,
    title: row.title,
    branch_id: row.branch_id,
    name_suffix: row.name_suffix,
    version: row.version,
  };
}

/** The shape in lists: birthdays are days, "1990-05-15", and an unknown one is "". */
export function customerV300(row: CustomerRow): CustomerV300 {
  return {
    ...customerV310(row),
    date_of_birth: dayOf(row.date_of_birth),
    dob_of_dependants: row.dob_of_dependants.map(dayOf),
  };
}
