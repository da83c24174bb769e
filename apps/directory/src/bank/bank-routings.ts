import type { BankRouting } from '@platform/messages';

/**
 * The routings that a bank keeps from the posted ones: the BIC, then the first one with another scheme. Empty addresses
 * are dropped, and so is the scheme OBP: its address is always the bank's own id.
 */
export function keptRoutings(posted: readonly BankRouting[]): BankRouting[] {
  const given = posted.filter(({ scheme, address }) => scheme !== 'OBP' && address !== '');
  const bic = given.find(({ scheme }) => scheme === 'BIC');
  const national = given.find(({ scheme }) => scheme !== 'BIC');
  return [bic, national].filter((routing) => routing !== undefined).map(({ scheme, address }) => ({ scheme, address }));
}

/** The routings in responses: the stored ones, then OBP with the bank's id. */
export function shownRoutings(bank_id: string, kept: readonly BankRouting[]): BankRouting[] {
  return [...kept, { scheme: 'OBP', address: bank_id }];
}
