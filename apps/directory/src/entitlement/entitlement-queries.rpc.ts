import { needsBank, roleNamed, roleNames } from '@platform/entitlements';
import { failAbout } from '@platform/failure';
import { isId } from '@platform/input';
import { type Implementation, messagesOf } from '@platform/grpc';
import {
  type Entitlements,
  type EntitlementServiceDefinition,
  type EntitlementV310,
  type EntitlementV400,
  Failure,
  type Role,
} from '@platform/messages';
import { pagesOf, type Statement } from '@platform/persistence';
import type { Parts } from '../parts.js';
import { userUnknown } from '../user/user.entity.js';
import { userV300 } from '../user/user.shape.js';
import { userById, type UserRow } from '../user/user.sql.js';
import { allEntitlements, entitlementsOfBank, entitlementsOfRole } from './entitlement.sql.js';
import { entitlementsOfUser, entitlementsWithSuperAdmin } from './entitlements-of-user.js';

/** Rows per page: a message of them stays below 1.5 MB, whatever their texts. */
const listRows = 500;

/** The rpcs that read entitlements: directly from columns to messages. */
export function entitlementQueries({ reader, config }: Parts): Implementation<EntitlementServiceDefinition> {
  const superAdmins = config.super_admin_user_ids;
  const seen = async (user_id: string): Promise<Entitlements> =>
    isId(user_id) ? entitlementsWithSuperAdmin(reader, user_id, superAdmins) : { list: [] };
  const userOf = async (user_id: string): Promise<UserRow | undefined> =>
    isId(user_id) ? (await reader.rows<UserRow>(userById(user_id)))[0] : undefined;

  const list = <Row extends object>(statement: Statement, keys: string[]): AsyncGenerator<Row[]> =>
    pagesOf<Row & { created_at: string; entitlement_id: string }>(listRows, (last, rows) =>
      reader.page({
        ...statement,
        values: [...keys, last?.created_at ?? 'infinity', last?.entitlement_id ?? '', rows],
      }),
    );

  return {
    getEntitlementsForCurrentUser: (_request, { caller }) => entitlementsOfUser(reader, caller.user_id),
    getEntitlements: ({ user_id }) => seen(user_id),
    async getEntitlementsByBankAndUser({ bank_id, user_id }) {
      const [user, held] = await Promise.all([userOf(user_id), seen(user_id)]);
      if (user === undefined) return userUnknown(user_id);
      // The entry of a super admin has no id and counts at every bank.
      return { list: held.list.filter((one) => one.bank_id === bank_id || one.entitlement_id === '') };
    },
    getEntitlementsForBank: ({ bank_id }) =>
      messagesOf(list<EntitlementV400>(entitlementsOfBank, [bank_id]), (rows) => ({ list: rows.map(entitlementV400) })),
    getAllEntitlements({ role }) {
      const pages =
        role === null || role === undefined || role === ''
          ? list<EntitlementV310>(allEntitlements, [])
          : list<EntitlementV310>(entitlementsOfRole, [knownName(role)]);
      return messagesOf(pages, (rows) => ({ list: rows.map(entitlementV310) }));
    },
    getRoles: () =>
      Promise.resolve({
        roles: roleNames().map((role) => ({ role, requires_bank_id: needsBank(roleNamed(role) as Role) })),
      }),
    async getEntitlementsAndPermissions({ user_id }) {
      const user = (await userOf(user_id)) ?? failAbout(Failure.FAILURE_USER_NOT_FOUND_BY_ID, { user_id });
      return userV300(user, await seen(user_id));
    },
  };
}

/** A name that cannot be stored is replaced: no one can hold such a role. Names of former roles can still be held. */
function knownName(role: string): string {
  return isId(role) ? role : '-';
}

function entitlementV400({ entitlement_id, role_name, bank_id, user_id }: EntitlementV400): EntitlementV400 {
  return { entitlement_id, role_name, bank_id, user_id };
}

function entitlementV310({ username, ...row }: EntitlementV310): EntitlementV310 {
  return { ...entitlementV400(row), username };
}
