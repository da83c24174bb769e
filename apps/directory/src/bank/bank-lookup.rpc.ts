import { bind, type BoundService } from '@platform/grpc';
import { BankLookupServiceDefinition, type FindBankRequest, type FindBankResponse } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import type { Parts } from '../parts.js';
import { isBankId } from './bank-id.js';
import { bankExists } from './bank.sql.js';

/** Tells the gateway which banks exist. */
export function createBankLookupService({ reader }: Parts): BoundService {
  return bind(BankLookupServiceDefinition, { findBank: (request) => findBank(reader, request) });
}

export async function findBank(reader: Reader, { bank_id }: FindBankRequest): Promise<FindBankResponse> {
  if (!isBankId(bank_id)) return { exists: false };
  const found = await reader.rows(bankExists(bank_id));
  return { exists: found.length > 0 };
}
