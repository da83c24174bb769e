/**
 * The entries of a bank's subject from the first on that is later than a time, newest first, each with whether it is
 * later. Parameters: the time, the bank, the subject.
 */
export const subjectSince = `
  with own as (
    select number, kind, record_id, version, action, content, occurred_at > ?::timestamptz as is_later
    from journal.entry where bank_id = ? and subject = ?
  )
  select number, kind, record_id, version, action, content, is_later from own where number >= (select min(number) from own where is_later) order by number desc`;
