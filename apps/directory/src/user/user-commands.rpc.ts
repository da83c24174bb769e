import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Call, Given, Implementation } from '@platform/grpc';
import { type CreateUserRequest, UserServiceDefinition, type UserV200 } from '@platform/messages';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import { auditedCallOf } from '../audit/audit.js';
import { grantToNewUser } from '../entitlement/new-user-roles.js';
import { forgetBadLogins } from '../identity/bad-logins.js';
import { deletedSubject } from '../identity/external-user.js';
import type { Parts } from '../parts.js';
import { checkNewUser } from './new-user.js';
import { anonymizeUser, deletionsWithUser, lockedUser } from './user-deletion.sql.js';
import { UserSchema, userConflicts, userUnknown } from './user.entity.js';
import { userV200 } from './user.shape.js';

/** The rpcs that create and delete users. */
export function userCommands(parts: Parts): Implementation<UserServiceDefinition> {
  return {
    createUser: (request, call) => createUser(parts, request, call),
    async deleteUser({ user_id }, call) {
      await parts.audit.command(auditedCallOf(call, UserServiceDefinition, 'deleteUser'), {}, async (em, note) => {
        await deleteUser(em, user_id);
        note({ kind: 'deletion', subject: user_id });
      });
      return { value: true };
    },
  };
}

async function createUser(
  { config, audit, passwords, clock }: Parts,
  { body }: Given<CreateUserRequest>,
  call: Call,
): Promise<UserV200> {
  checkNewUser(body);
  const { username, email, first_name, last_name } = body;
  const password_hash = await passwords.hash(body.password);
  const created_at = wireTime(clock());
  return audit.command(auditedCallOf(call, UserServiceDefinition, 'createUser'), userConflicts, async (em, note) => {
    const user = em.create(UserSchema, {
      user_id: v7(),
      provider: config.provider,
      provider_id: username,
      username,
      email,
      first_name,
      last_name,
      password_hash,
      is_validated: config.user_account_validated,
      is_deleted: false,
      is_super_admin: false,
      created_at,
    });
    await em.flush();
    // Failed logins under this name before must not count against the new user.
    await forgetBadLogins(em, user);
    return userV200(user, { list: grantToNewUser({ em, note }, user.user_id, config.new_user_roles, created_at) });
  });
}

/** The row stays without personal data, because other records refer to it. The name of a local user is free again. */
async function deleteUser(em: EntityManager, user_id: string): Promise<void> {
  const user = await lockedUser(em, user_id);
  if (user === undefined) return userUnknown(user_id);
  const placeholder = `deleted-${randomUUID()}`;
  const provider_id = user.is_local ? placeholder : deletedSubject(user.provider, user.provider_id);
  await em.execute(anonymizeUser, [placeholder, provider_id, user_id]);
  await forgetBadLogins(em, user);
  for (const statement of deletionsWithUser) await em.execute(statement, [user_id]);
}
