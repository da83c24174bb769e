import { LockMode } from '@mikro-orm/postgresql';
import { customerUnknown } from '@platform/failure';
import { type Implementation, messagesOf } from '@platform/grpc';
import type { TaxResidenceServiceDefinition } from '@platform/messages';
import { wireTime } from '@platform/runtime';
import type { JournaledParts } from '@platform/service';
import { v7 } from 'uuid';
import { listRecords, recordMissing } from '../customer/customer-records.js';
import { customerOfRecord } from '../customer/customer-records.sql.js';
import { TaxResidenceSchema, taxResidenceTaken, taxResidenceUnknown } from './tax-residence.entity.js';
import { type TaxResidenceRow, taxResidences, taxResidenceV310 } from './tax-residence.shape.js';

/** Tax residences of a customer. */
export function customerTaxResidences({
  journal,
  reader,
  clock,
}: Pick<JournaledParts, 'journal' | 'reader' | 'clock'>): Implementation<TaxResidenceServiceDefinition> {
  const insertion = journal.insertion(TaxResidenceSchema, {
    unique: ['bank_id', 'customer_id', 'domain', 'tax_number'],
    parent: customerOfRecord(),
  });
  return {
    async createTaxResidence({ bank_id, customer_id, body }, call) {
      const { domain, tax_number } = body;
      const residence = {
        bank_id,
        tax_residence_id: v7(),
        customer_id,
        domain,
        tax_number,
        created_at: wireTime(clock()),
      };
      const outcome = await journal.insert(insertion, residence, call);
      if (outcome === 'orphan') customerUnknown(customer_id);
      if (outcome === 'taken') taxResidenceTaken();
      return taxResidenceV310(residence);
    },
    getTaxResidence: (key) =>
      messagesOf(listRecords<TaxResidenceRow>(reader, taxResidences, key), (rows) => ({
        tax_residence: rows.map(taxResidenceV310),
      })),
    async deleteTaxResidence({ bank_id, customer_id, tax_residence_id }, call) {
      const key = { bank_id, customer_id };
      return journal.command(call, {}, async (em) => {
        const found = await em.findOne(
          TaxResidenceSchema,
          { ...key, tax_residence_id },
          { lockMode: LockMode.PESSIMISTIC_WRITE },
        );
        if (found === null) return recordMissing(em, key, taxResidenceUnknown);
        em.remove(found);
        return { value: true };
      });
    },
  };
}
