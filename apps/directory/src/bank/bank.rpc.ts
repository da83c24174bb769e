import { LockMode } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { bind, type BoundService, type Call, type Given, messagesOf } from '@platform/grpc';
import {
  type BanksV400,
  BankServiceDefinition,
  type BankV500,
  type CreateBankRequest,
  Failure,
  Role,
  type UpdateBankRequest,
} from '@platform/messages';
import { command, pagesOf, type Reader } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { auditedCallOf } from '../audit/audit.js';
import { grant } from '../entitlement/entitlement.entity.js';
import type { Parts } from '../parts.js';
import { BankSchema, bankConflicts } from './bank.entity.js';
import { isBankId } from './bank-id.js';
import { bankV400, bankV500 } from './bank.shape.js';
import { bankById, type BankRow, banksAfter } from './bank.sql.js';
import { bankFields, newBank } from './new-bank.js';
import { openSettlementAccounts } from './settlement-accounts.js';

const chunk = 500;

/** The roles that the creator of a bank gets at the bank. */
const creatorRoles = [
  Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ONE_BANK,
  Role.ROLE_CAN_READ_DYNAMIC_RESOURCE_DOCS_AT_ONE_BANK,
];

/** Banks, the tenants of the platform. */
export function createBankService(parts: Parts): BoundService {
  return bind(BankServiceDefinition, {
    getBanks: () => getBanks(parts.reader),
    getBank: ({ bank_id }) => getBank(parts.reader, bank_id),
    createBank: (request, call) => createBank(parts, request, call),
    updateBank: (request) => updateBank(parts, request),
  });
}

/** All banks, ordered by id. */
function getBanks(reader: Reader): AsyncGenerator<BanksV400> {
  const pages = pagesOf<BankRow>(chunk, (last, rows) => reader.page(banksAfter(last?.bank_id ?? '', rows)));
  return messagesOf(pages, (rows) => ({ banks: rows.map(bankV400) }));
}

async function getBank(reader: Reader, bank_id: string): Promise<BankV500> {
  const [found] = isBankId(bank_id) ? await reader.rows<BankRow>(bankById(bank_id)) : [];
  return bankV500(found ?? bankUnknown(bank_id));
}

function bankUnknown(bank_id: string): never {
  return fail(Failure.FAILURE_BANK_NOT_FOUND, ` Current BankId is ${bank_id}`);
}

async function createBank({ audit, clock }: Parts, request: Given<CreateBankRequest>, call: Call): Promise<BankV500> {
  const bank = newBank(request.body);
  const created_at = wireTime(clock());
  await audit.command(auditedCallOf(call, BankServiceDefinition, 'createBank'), bankConflicts, async (em, note) => {
    em.create(BankSchema, { ...bank, created_at });
    // Flushed before the roles are added: the bank's unique index decides first, also against the bank's creator.
    await em.flush();
    for (const role of creatorRoles)
      grant({ em, note }, role, { user_id: call.caller.user_id, bank_id: bank.bank_id }, 'create_bank', created_at);
    await openSettlementAccounts(em, bank, created_at);
  });
  return bankV500(bank);
}

async function updateBank({ orm }: Parts, request: Given<UpdateBankRequest>): Promise<BankV500> {
  const { body } = request;
  const fields = bankFields(body);
  const id = body.id ?? body.bank_id;
  if (id === null || id === undefined || id === '') return fail(Failure.FAILURE_UPDATE_BANK_ERROR);
  return command(orm, {}, async (em) => {
    // Locked: otherwise two concurrent calls could leave a mixture of both.
    const bank = isBankId(id)
      ? await em.findOne(BankSchema, { bank_id: id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      : null;
    return bankV500(em.assign(bank ?? bankUnknown(id), fields));
  });
}
