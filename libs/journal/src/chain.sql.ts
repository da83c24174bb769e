import { digest } from './journal.sql.js';

/** The seals of all chains after a bank ($1) and place ($2), $3 of them, each with the digest of its entry, if it is there. */
export const sealsAfter = `
  select seal.bank_id, seal.place, seal.number, seal.hash, case when entry.number is not null then ${digest} end as digest
  from (select * from journal.seal where (bank_id, place) > ($1, $2::bigint) order by bank_id, place limit $3::int) as seal
  left join journal.entry as entry on entry.bank_id = seal.bank_id and entry.number = seal.number
  order by seal.bank_id, seal.place`;

/** Entries that are in no chain and do not wait for their place in it. */
export const unchainedEntries = `
  select entry.bank_id, entry.number
  from journal.entry as entry
  left join journal.seal as seal on seal.bank_id = entry.bank_id and seal.number = entry.number
  left join journal.pending as pending on pending.bank_id = entry.bank_id and pending.number = entry.number
  where seal.number is null and pending.number is null
  order by entry.bank_id, entry.number limit 100`;

/** The hash at a place ($2) of a bank's ($1) chain. */
export const hashAt = 'select hash from journal.seal where bank_id = $1 and place = $2::bigint';
