import { bank } from './session.js';
import { sql } from './sql.js';

const fill = `insert into customer (bank_id, customer_id, customer_number, legal_name, mobile_phone_number, email, face_image_url, date_of_birth,
  relationship_status, dependants, dob_of_dependants, credit_rating_rating, credit_rating_source, credit_limit_currency, credit_limit_amount,
  highest_education_attained, employment_status, kyc_status, last_ok_date, title, branch_id, name_suffix, created_at, updated_at)
  select $1, 'c' || n, 'n' || n, 'Ottilie Zimmerwald ' || n, '+41 44 ' || n, 'a' || n || '@example.com', 'https://images.example.com/' || n || '.jpg', '1987-03-14Z',
  'married', 1, array[timestamptz '2012-05-09Z'], 'AA', 'Experian', 'EUR', '12500.00', 'doctorate', 'employed', true, timestamptz '2023-01-01Z' + n * interval '1 second', 'Ms', 'b', '', now(), now()
  from generate_series(1, $2::int) n`;

/** Adds this many customers to the tests' bank, directly in the database. @param url of the customers database */
export async function fillBank(url: string, customers: number): Promise<void> {
  await sql(url, fill, [bank, customers]);
}
