import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { fail, failAbout } from '@platform/failure';
import { Failure } from '@platform/messages';
import { SecondsType, type ConstraintFailures } from '@platform/persistence';

/** A user: its user_id is used everywhere; local users also have a password. */
export const UserSchema = defineEntity({
  name: 'User',
  tableName: 'app_user',
  properties: {
    user_id: p.text().primary(),
    provider: p.text(),
    /** The user's id at the provider; for a local user the username. */
    provider_id: p.text(),
    username: p.text(),
    email: p.text(),
    first_name: p.text(),
    last_name: p.text(),
    /** Argon2id in PHC form; null: the user logs in at another provider. */
    password_hash: p.text().nullable().hidden(),
    is_validated: p.boolean(),
    is_deleted: p.boolean(),
    is_super_admin: p.boolean(),
    created_at: p.type(SecondsType),
  },
});

export type User = InferEntity<typeof UserSchema>;

const taken = () => fail(Failure.FAILURE_USERNAME_TAKEN, ' The username is taken.');

export const userConflicts: ConstraintFailures = {
  app_user_local_username_key: taken,
  app_user_provider_id_key: taken,
};

/** Whether the user may grant without a role: the configured admin, or a user listed in the configuration. */
export function isSuperAdmin(user: Pick<User, 'user_id' | 'is_super_admin'>, configured: readonly string[]): boolean {
  return user.is_super_admin || configured.includes(user.user_id);
}

/** @throws ObpFailure OBP-20005 */
export function userUnknown(user_id: string): never {
  return failAbout(Failure.FAILURE_USER_NOT_FOUND, { user_id });
}
