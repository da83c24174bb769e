import type { SandboxBank } from '@platform/messages';
import { checkItem, checkNewId, checkUnique } from './import-fault.js';

/** Checks the banks of an import. @throws ObpFailure OBP-10001 naming the place */
export function checkBanks(banks: readonly SandboxBank[]): void {
  banks.forEach((bank, index) => {
    const place = `banks[${index}]`;
    checkItem(place, bank);
    checkNewId(`${place}.id`, bank.id);
  });
  checkUnique('banks', banks, 'id', ({ id }) => id);
}
