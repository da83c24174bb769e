import type { TaxResidenceV310 } from '@platform/messages';
import type { RecordTable } from '../customer/customer-records.sql.js';
import type { TaxResidence } from './tax-residence.entity.js';

const columns = ['domain', 'tax_number', 'tax_residence_id'] as const satisfies readonly (keyof TaxResidence)[];

/** The columns that queries select and entities have. */
export type TaxResidenceRow = Readonly<Pick<TaxResidence, (typeof columns)[number]>>;

/** Oldest first. */
export const taxResidences: RecordTable = {
  table: 'tax_residence',
  id: 'tax_residence_id',
  columns: columns.map((column) => `record.${column}`),
  direction: 'asc',
};

export function taxResidenceV310({ domain, tax_number, tax_residence_id }: TaxResidenceRow): TaxResidenceV310 {
  return { domain, tax_number, tax_residence_id };
}
