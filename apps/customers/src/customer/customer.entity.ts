import { defineEntity, p, type PrimaryKeyProp } from '@mikro-orm/postgresql';
import type {
  CreditLimit,
  FaceImage,
  PostCustomerJsonV310,
  PutUpdateCustomerDataJsonV310,
  PutUpdateCustomerIdentityJsonV310,
} from '@platform/messages';
import { SecondsListType, SecondsType } from '@platform/persistence';
import { normalEmail, numberTaken } from './customer-rules.js';

/** What a new customer needs besides the posted body. */
export interface Birth {
  readonly bank_id: string;
  readonly customer_id: string;
  readonly customer_number: string;
  /** In the form "2013-01-21T23:08:00Z". */
  readonly now: string;
}

/**
 * A person or company at a bank. Texts are stored unchanged; a missing one is "". Dates have the form
 * "2013-01-21T23:08:00Z".
 */
export class Customer {
  declare [PrimaryKeyProp]?: ['bank_id', 'customer_id'];
  bank_id: string;
  customer_id: string;
  /** Unique at the bank. */
  customer_number: string;
  legal_name: string;
  mobile_phone_number: string;
  /** Without spaces at the ends, in lower case. */
  email: string;
  face_image_url: string;
  face_image_date: string | null;
  date_of_birth: string | null;
  relationship_status: string;
  dependants: number;
  dob_of_dependants: string[];
  credit_rating_rating: string;
  credit_rating_source: string;
  credit_limit_currency: string;
  credit_limit_amount: string;
  highest_education_attained: string;
  employment_status: string;
  kyc_status: boolean;
  last_ok_date: string | null;
  title: string;
  branch_id: string;
  name_suffix: string;
  created_at: string;
  updated_at: string;
  /** How often it was written: every change raises it. */
  version = 1;

  constructor(birth: Birth, body: PostCustomerJsonV310) {
    this.bank_id = birth.bank_id;
    this.customer_id = birth.customer_id;
    this.customer_number = birth.customer_number;
    this.legal_name = body.legal_name;
    this.mobile_phone_number = body.mobile_phone_number;
    this.email = normalEmail(body.email ?? '');
    this.face_image_url = body.face_image?.url ?? '';
    this.face_image_date = body.face_image?.date ?? null;
    this.date_of_birth = body.date_of_birth ?? null;
    this.relationship_status = body.relationship_status ?? '';
    this.dependants = body.dependants ?? 0;
    this.dob_of_dependants = body.dob_of_dependants;
    this.credit_rating_rating = body.credit_rating?.rating ?? '';
    this.credit_rating_source = body.credit_rating?.source ?? '';
    this.credit_limit_currency = body.credit_limit?.currency ?? '';
    this.credit_limit_amount = body.credit_limit?.amount ?? '';
    this.highest_education_attained = body.highest_education_attained ?? '';
    this.employment_status = body.employment_status ?? '';
    this.kyc_status = body.kyc_status ?? false;
    this.last_ok_date = body.last_ok_date ?? null;
    this.title = body.title ?? '';
    this.branch_id = body.branch_id ?? '';
    this.name_suffix = body.name_suffix ?? '';
    this.created_at = birth.now;
    this.updated_at = birth.now;
  }

  changeBranch(branch_id: string): void {
    this.branch_id = branch_id;
  }

  changeCreditLimit({ currency, amount }: CreditLimit): void {
    this.credit_limit_currency = currency;
    this.credit_limit_amount = amount;
  }

  changeCreditRating(rating: string, source: string): void {
    this.credit_rating_rating = rating;
    this.credit_rating_source = source;
  }

  changeEmail(email: string): void {
    this.email = normalEmail(email);
  }

  changeIdentity(identity: PutUpdateCustomerIdentityJsonV310): void {
    this.legal_name = identity.legal_name;
    this.date_of_birth = identity.date_of_birth ?? null;
    this.title = identity.title;
    this.name_suffix = identity.name_suffix;
  }

  changeMobileNumber(mobile_phone_number: string): void {
    this.mobile_phone_number = mobile_phone_number;
  }

  /**
   * The customer's current number is refused here, numbers of other customers by the unique index.
   * @throws ObpFailure OBP-30006
   */
  changeNumber(customer_number: string): void {
    if (customer_number === this.customer_number) numberTaken(this.bank_id, customer_number);
    this.customer_number = customer_number;
  }

  /** The number of dependants is not compared with the birthdays given at creation. */
  changeData(data: PutUpdateCustomerDataJsonV310, face_image: FaceImage): void {
    this.face_image_url = face_image.url;
    this.face_image_date = face_image.date ?? null;
    this.relationship_status = data.relationship_status;
    this.dependants = data.dependants;
    this.highest_education_attained = data.highest_education_attained;
    this.employment_status = data.employment_status;
  }
}

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
    version: p.integer().version(),
  },
});

/** The unique index over (bank_id, customer_number). */
export const numberIndex = 'customer_number_unique';
