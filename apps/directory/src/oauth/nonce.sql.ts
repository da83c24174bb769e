/**
 * Returns a row unless the nonce is already stored. Also deletes some old ones. Values: the time in seconds before which a
 * nonce is old, application, token, time of the signature in seconds, nonce.
 */
export const insertNonce = `
  with forgotten as (
    delete from oauth_nonce where (consumer_id, token, signed_at, nonce) in (
      select consumer_id, token, signed_at, nonce from oauth_nonce where signed_at < ? order by signed_at limit 5 for update skip locked))
  insert into oauth_nonce (consumer_id, token, signed_at, nonce) values (?, ?, ?, ?)
  on conflict do nothing
  returning signed_at`;
