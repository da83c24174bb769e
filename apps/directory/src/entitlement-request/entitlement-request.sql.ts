import type { Statement } from '@platform/persistence';

const columns = 'entitlement_request_id, user_id, role_name, bank_id, created_at';

/** Newest first. $1 the request after which the page starts, $2 rows. */
export const allRequests: Statement = {
  name: 'entitlement-requests',
  text: `
    select ${columns}
    from entitlement_request
    where entitlement_request_id < $1
    order by entitlement_request_id desc
    limit $2`,
};

/** Newest first. $1 user, $2 the request after which the page starts, $3 rows. */
export const requestsOfUser: Statement = {
  name: 'entitlement-requests-of-user',
  text: `
    select ${columns} from entitlement_request where user_id = $1 and entitlement_request_id < $2
    order by entitlement_request_id desc limit $3`,
};
