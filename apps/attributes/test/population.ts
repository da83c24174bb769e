/**
 * Fills the table with five attributes for each of $1 customers, half of them at one of twelve banks: a value that all
 * have, one of two values, one of a thousand, a unique one, and a long one that begins the same for all. Deterministic.
 */
export const populate = `
insert into customer_attribute (bank_id, customer_attribute_id, customer_id, name, type, value)
select 'bank.' || case when i % 2 = 0 then 0 else 1 + (i / 2) % 11 end,
  '01930000-' || lpad(to_hex(i), 6, '0') || '-' || n,
  '01920000-' || lpad(to_hex(i), 6, '0'),
  (array['SEGMENT', 'ACTIVE', 'BRANCH', 'TAX_NUMBER', 'NOTE'])[n],
  'STRING',
  case n when 1 then 'retail' when 2 then (i % 3 = 0)::text when 3 then 'branch ' || i % 1000 when 4 then i::text else repeat('x', 120) || i end
from generate_series(1, $1::int) i, generate_series(1, 5) n`;
