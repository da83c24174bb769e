/**
 * Fills the table with $1 customers: half of them at one of twelve banks, with realistic names and phone numbers, a
 * tenth without last_ok_date, ids in the order of creation, last changes one minute apart. Deterministic.
 */
export const populate = `
insert into customer (bank_id, customer_id, customer_number, legal_name, mobile_phone_number, email, face_image_url, relationship_status,
  dependants, dob_of_dependants, credit_rating_rating, credit_rating_source, credit_limit_currency, credit_limit_amount,
  highest_education_attained, employment_status, kyc_status, last_ok_date, title, branch_id, name_suffix, created_at, updated_at)
select 'bank.' || case when i % 2 = 0 then 0 else 1 + (i / 2) % 11 end,
  '01930000-' || lpad(to_hex(i / 65536), 4, '0') || '-7' || lpad(to_hex(i % 4096), 3, '0') || '-8000-' || md5(i::text)::char(12),
  (1000000 + i)::text,
  (array['Anna','Bertha','Carlos','Dmitri','Elif','Fatima','Giulia','Hans','Ines','Jonas','Kemal','Li','Marta','Noor','Olga','Pedro'])[1 + i % 16]
    || ' ' || initcap(substr(md5((i * 7)::text), 1, 4 + i % 5)) || (array['mann','son','ez','ova','oglu'])[1 + i % 5],
  '+' || (array['44','49','351','90'])[1 + i % 4] || ' ' || lpad(((i::bigint * 2654435761) % 10000000000)::text, 10, '0'),
  'c' || i || '@example.com', '', 'single', 0, '{}', 'AAA', 'OBP', 'EUR', '1000', 'Master', 'worker', true,
  case when i % 10 = 0 then null else timestamptz '2024-01-01Z' + (i * 7919 % 5000) * interval '1 hour' end,
  '', 'DERBY6', '', timestamptz '2024-01-01Z', timestamptz '2024-01-01Z' + i * interval '1 minute'
from generate_series(1, $1::int) i`;
