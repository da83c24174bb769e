/** $1 name of a user who logs in with a password. */
export const localPasswordHash = 'select password_hash from app_user where username = $1 and password_hash is not null';

/** Returns the admin's id. Values: the id of a new one, provider, id at the provider, username, password hash. */
export const putAdmin = `
  insert into app_user (user_id, provider, provider_id, username, email, first_name, last_name, password_hash, is_validated, is_super_admin, created_at)
  values (?, ?, ?, ?, '', 'First', 'Admin', ?, true, true, date_trunc('second', now()))
  on conflict (username) where password_hash is not null
  do update set password_hash = excluded.password_hash, is_validated = true, is_deleted = false, is_super_admin = true
  returning user_id`;

/** Values: the user who stays an admin. */
export const demoteOtherAdmins = 'update app_user set is_super_admin = false where is_super_admin and user_id <> ?';

/** Values: user. */
export const deleteTokens = 'delete from token where user_id = ?';

/** Values: user. */
export const deleteAccessTokens = 'delete from oauth_access_token where user_id = ?';

/** Values: user, username. */
export const deleteBadLogins = `
  delete from bad_login
  where provider = (select provider from app_user where user_id = ?) and username = ?`;

/** Values: the id of a new application, key, secret. */
export const putConsumer = `
  insert into consumer (consumer_id, consumer_key, consumer_secret, app_name, is_enabled, is_configured, created_at)
  values (?, ?, ?, 'First application', true, true, date_trunc('second', now()))
  on conflict (is_configured) where is_configured
  do update set consumer_key = excluded.consumer_key, consumer_secret = excluded.consumer_secret,
    is_enabled = consumer.is_enabled or consumer.consumer_key <> excluded.consumer_key`;
