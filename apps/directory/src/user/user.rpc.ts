import { randomUUID } from 'node:crypto';
import { type BoundService, bind, type Call } from '@platform/grpc';
import { type CreateUserRequest, UserServiceDefinition, type UserV200, type UserV300 } from '@platform/messages';
import { command } from '@platform/persistence';
import { requireBody } from '../body.js';
import { entitlementsOfUser } from '../entitlement/entitlement.view.js';
import { forgetBadLogins } from '../identity/bad-logins.js';
import { type Parts, timeText } from '../parts.js';
import { checkNewUser } from './new-user.js';
import { UserSchema, userConflicts, userUnknown } from './user.entity.js';
import { type UserRow, userById, userV200, userV300 } from './user.view.js';

/** Users of the platform. Those made here log in with a password. */
export function createUserService(parts: Parts): BoundService {
  return bind(UserServiceDefinition, {
    createUser: (request) => createUser(parts, request),
    getCurrentUser: (_request, call) => getCurrentUser(parts, call),
  });
}

async function createUser({ config, orm, passwords, clock }: Parts, request: CreateUserRequest): Promise<UserV200> {
  const body = requireBody(request.body);
  checkNewUser(body);
  const { username, email, first_name, last_name } = body;
  const password_hash = await passwords.hash(body.password);
  const user = await command(orm, userConflicts, async (em) => {
    const created = em.create(UserSchema, {
      user_id: randomUUID(),
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
      created_at: timeText(clock()),
    });
    await em.flush();
    // What strangers tried under this name before is not the new user's fault.
    await forgetBadLogins(em, created);
    return created;
  });
  return userV200(user, { list: [] });
}

async function getCurrentUser({ reader, config }: Parts, { caller }: Call): Promise<UserV300> {
  const { user_id } = caller;
  const [found, entitlements] = await Promise.all([
    reader.rows<UserRow>(userById(user_id)),
    entitlementsOfUser(reader, user_id, config.super_admin_user_ids),
  ]);
  const user = found[0] ?? userUnknown(user_id);
  return userV300(user, entitlements);
}
