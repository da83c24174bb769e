import type { SandboxDataImport } from '@platform/messages';
import type { Statement } from '@platform/persistence';
import { transactionKey } from './import-transaction.js';

/** Something that an import brought, as it was brought. Most of it has no operations here; nothing is lost. */
export interface ImportedRecord {
  readonly bank_id: string;
  readonly kind: 'account' | 'transaction' | 'branch' | 'atm' | 'product' | 'crm_event';
  /** Unique among those of its kind at the bank. */
  readonly record_id: string;
  /** Its place in the import's list. */
  readonly place: number;
  readonly data: object;
}

/** What of an import is kept as it is. Banks and users are kept altogether elsewhere, accounts but for some members. */
export function importedRecords(data: SandboxDataImport): ImportedRecord[] {
  const records = <Item extends object>(
    kind: ImportedRecord['kind'],
    items: readonly Item[],
    keyOf: (item: Item) => [string, string],
  ) =>
    items.map((item, place): ImportedRecord => {
      const [bank_id, record_id] = keyOf(item);
      return { bank_id, kind, record_id, place, data: item };
    });
  return [
    ...records('account', data.accounts, ({ bank, id }) => [bank, id]),
    ...records('transaction', data.transactions, (transaction) => [
      transaction.this_account?.bank ?? '',
      transactionKey(transaction),
    ]),
    ...records('branch', data.branches, ({ bank_id, id }) => [bank_id, id]),
    ...records('atm', data.atms, ({ bank_id, id }) => [bank_id, id]),
    ...records('product', data.products, ({ bank_id, code }) => [bank_id, code]),
    ...records('crm_event', data.crm_events, ({ bank_id, id }) => [bank_id, id]),
  ];
}

/** A bank's ($1) imported records of a kind ($2) behind the place $3, $4 of them. */
export const importedRecordList: Statement = {
  name: 'imported-record-list',
  text: `
    select place, data
    from imported_record
    where bank_id = $1 and kind = $2 and place > $3::integer
    order by place
    limit $4::integer`,
};
