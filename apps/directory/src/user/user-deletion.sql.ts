import type { EntityManager } from '@mikro-orm/postgresql';

interface DeletableUser {
  readonly provider: string;
  readonly provider_id: string;
  readonly username: string;
  readonly is_local: boolean;
}

/** Locks a user, so that the second of two concurrent deletions finds nothing. */
export async function lockedUser(em: EntityManager, user_id: string): Promise<DeletableUser | undefined> {
  const [user]: DeletableUser[] = await em.execute(
    `
      select provider, provider_id, username, password_hash is not null as is_local
      from app_user
      where user_id = ? and not is_deleted
      for update`,
    [user_id],
  );
  return user;
}

/** Removes all personal data. Values: name, id at the provider, user. */
export const anonymizeUser = `
  update app_user set username = ?, provider_id = ?, email = '', first_name = '', last_name = '', password_hash = null,
    is_deleted = true, is_super_admin = false
  where user_id = ?`;

/**
 * What is deleted together with a user. Its tokens stay, so that their use gets the right error. Each statement has one
 * value: the user.
 */
export const deletionsWithUser = [
  'delete from oauth_request_token where user_id = ?',
  'delete from user_attribute where user_id = ? and is_personal',
  'delete from entitlement where user_id = ?',
  'delete from entitlement_request where user_id = ?',
  'delete from user_lock where user_id = ?',
];
