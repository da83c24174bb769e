import type { Statement } from '@platform/persistence';

/** The columns of the response message. */
const columns = `
  c.consumer_id, c.app_name, c.app_type, c.description, c.developer_email, c.redirect_url,
  case when u.user_id is not null then
    json_build_object('user_id', u.user_id, 'email', u.email, 'provider_id', u.provider_id, 'provider', u.provider, 'username', u.username)
  end as created_by_user,
  c.is_enabled as enabled, c.created_at as created`;
const tables = 'consumer c left join app_user u on u.user_id = c.created_by_user_id';
const newestFirst = 'order by c.created_at desc, c.consumer_id desc';

/** $1 id. */
export const consumerById: Statement = {
  name: 'consumer-by-id',
  text: `select ${columns} from ${tables} where c.consumer_id = $1`,
};

/** Newest first. $1 and $2 the date and id after which the page starts, $3 rows, $4 rows skipped. */
export const consumersBehind: Statement = {
  name: 'consumers-behind',
  text: `
    select ${columns}
    from ${tables}
    where (c.created_at, c.consumer_id) < ($1::timestamptz, $2) ${newestFirst}
    limit $3 offset $4`,
};

/** The date and id of the row at a position in the list. $1 position. */
export const consumerAt: Statement = {
  name: 'consumer-at',
  text: `select c.created_at as created, c.consumer_id from consumer c ${newestFirst} limit 1 offset $1`,
};

/** Newest first. $1 creator, $2 and $3 the date and id after which the page starts, $4 rows. */
export const consumersOfCreator: Statement = {
  name: 'consumers-of-creator',
  text: `
    select ${columns}
    from ${tables}
    where c.created_by_user_id = $1 and (c.created_at, c.consumer_id) < ($2::timestamptz, $3) ${newestFirst}
    limit $4`,
};

/** $1 id. Null: no limits. */
export const callLimitsOf: Statement = {
  name: 'call-limits-of',
  text: 'select to_json(call_limits) as call_limits from consumer where consumer_id = $1',
};

/** Values: limits, application; one row if there is such an application. */
export const setCallLimits = 'update consumer set call_limits = ?::bigint[] where consumer_id = ? returning 1';
