import { defineEntity, p, type PrimaryKeyProp } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { Failure, type UserCustomerLink as Message } from '@platform/messages';
import { SecondsType } from '@platform/persistence';

/** A user who acts for a customer. */
export class UserCustomerLink {
  declare [PrimaryKeyProp]?: ['bank_id', 'user_customer_link_id'];
  bank_id: string;
  user_customer_link_id: string;
  customer_id: string;
  user_id: string;
  /** In the form "2013-01-21T23:08:00Z". */
  date_inserted: string;
  is_active = true;

  constructor(link: Omit<Message, 'is_active'> & { readonly bank_id: string }) {
    this.bank_id = link.bank_id;
    this.user_customer_link_id = link.user_customer_link_id;
    this.customer_id = link.customer_id;
    this.user_id = link.user_id;
    this.date_inserted = link.date_inserted;
  }
}

export const UserCustomerLinkSchema = defineEntity({
  class: UserCustomerLink,
  tableName: 'user_customer_link',
  properties: {
    bank_id: p.text().primary(),
    user_customer_link_id: p.text().primary(),
    customer_id: p.text(),
    user_id: p.text(),
    date_inserted: p.type(SecondsType),
    is_active: p.boolean(),
  },
});

/** A user can be linked only once to a customer. @throws ObpFailure OBP-30007 */
export function userAlreadyLinked(): never {
  return fail(Failure.FAILURE_USER_ALREADY_LINKED);
}

/** @throws ObpFailure OBP-30035 */
export function userCustomerLinkUnknown(): never {
  return fail(Failure.FAILURE_USER_CUSTOMER_LINK_NOT_FOUND);
}
