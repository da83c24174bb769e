import pg from 'pg';
import { startBar } from './progress.mjs';

const BATCH = 5_000;

const FIRST = [
  'Ada',
  'Bruno',
  'Chiara',
  'Dmitri',
  'Eveline',
  'Farid',
  'Greta',
  'Hiroshi',
  'Ingrid',
  'João',
  'Katarzyna',
  'Liam',
  'Maryam',
  'Nikolaos',
  'Olivia',
  'Priya',
  'Quentin',
  'Rosa',
  'Søren',
  'Tomasz',
  'Ursula',
  'Viktor',
  'Wen',
  'Ximena',
  'Yusuf',
  'Zoë',
];
const LAST = [
  'Adeyemi',
  'Bauer',
  'Castellanos',
  'Dubois',
  'Eriksson',
  'Fischer',
  'García',
  'Haddad',
  'Ivanova',
  'Jansen',
  'Kowalski',
  'Lindqvist',
  'Müller',
  'Nakamura',
  'Okafor',
  'Petrov',
  'Quispe',
  'Rossi',
  'Schneider',
  'Tripman',
  'Uribe',
  'Vásquez',
  'Weber',
  'Xu',
  'Yılmaz',
  'Zimmermann',
];

const pick = (list, seed) => `(${list})[1 + (${seed}) % cardinality(${list})]`;
const names = `${pick('$3::text[]', 'n * 7')} || ' ' || ${pick('$3::text[]', 'n / 26 * 11')} || ' ' || ${pick('$4::text[]', 'n / 3')}`;

const INSERT = `insert into customer (bank_id, customer_id, customer_number, legal_name, mobile_phone_number, email,
  face_image_url, face_image_date, date_of_birth, relationship_status, dependants, dob_of_dependants,
  credit_rating_rating, credit_rating_source, credit_limit_currency, credit_limit_amount,
  highest_education_attained, employment_status, kyc_status, last_ok_date, title, branch_id, name_suffix, created_at, updated_at)
select $5, gen_random_uuid()::text, (3000000000 + n)::text, ${names},
  '+49 30 ' || (10000000 + n * 617::bigint % 90000000)::text, 'customer.' || n || '@example.com',
  'https://images.example.com/customers/' || n || '.jpg', timestamptz '2019-01-01Z' + n % 2000 * interval '1 day',
  timestamptz '1940-01-01Z' + n * 37::bigint % 24000 * interval '1 day', ${pick(`array['single','married','divorced','widowed']`, 'n')},
  2, array[timestamptz '2005-03-01Z' + n % 4000 * interval '1 day', timestamptz '2008-09-01Z' + n % 4000 * interval '1 day'],
  ${pick(`array['AAA','AA','A','BBB','BB']`, 'n')}, 'Experian', 'EUR', (n % 500 * 100 + 500)::text || '.00',
  ${pick(`array['secondary school','bachelor''s degree','master''s degree','doctorate']`, 'n / 5')},
  ${pick(`array['employed','self-employed','student','retired']`, 'n / 7')}, n % 3 > 0,
  timestamptz '2023-01-01Z' + n * 7919::bigint % 60000000 * interval '1 second', ${pick(`array['Ms','Mr','Dr','Prof']`, 'n')},
  'branch-' || n % 40, ${pick(`array['','Jr','Sr','']`, 'n')}, now(), now()
from generate_series($1::int, $2::int) n`;

/**
 * Fills the customers table with complete records of one bank.
 * @returns ids and numbers of them, at random
 */
export async function loadCustomers({ url, bank_id, rows, sample, signal }) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const bar = startBar('loading customers', rows);
  try {
    for (let from = 1; from <= rows; from += BATCH) {
      signal.throwIfAborted();
      const to = Math.min(from + BATCH - 1, rows);
      await client.query(INSERT, [from, to, FIRST, LAST, bank_id]);
      bar.show(to);
    }
    // What the server would do later by itself, it does now and not during a measurement.
    await client.query('vacuum (analyze) customer');
    await client.query('checkpoint');
    const { rows: chosen } = await client.query(
      'select customer_id, customer_number from customer order by random() limit $1',
      [sample],
    );
    return chosen;
  } finally {
    bar.end();
    await client.end();
  }
}
