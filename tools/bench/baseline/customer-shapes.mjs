/** The columns of a customer's shapes. */
export const COLUMNS = `bank_id, customer_id, customer_number, legal_name, mobile_phone_number, email, face_image_url, face_image_date,
  date_of_birth, relationship_status, dependants, dob_of_dependants, credit_rating_rating, credit_rating_source,
  credit_limit_currency, credit_limit_amount, highest_education_attained, employment_status, kyc_status, last_ok_date,
  title, branch_id, name_suffix`;

/** A row as the full shape. */
export function customer(row) {
  return {
    bank_id: row.bank_id,
    customer_id: row.customer_id,
    customer_number: row.customer_number,
    legal_name: row.legal_name,
    mobile_phone_number: row.mobile_phone_number,
    email: row.email,
    face_image: { url: row.face_image_url, date: row.face_image_date },
    date_of_birth: row.date_of_birth,
    relationship_status: row.relationship_status,
    dependants: row.dependants,
    dob_of_dependants: row.dob_of_dependants,
    credit_rating: { rating: row.credit_rating_rating, source: row.credit_rating_source },
    credit_limit: { currency: row.credit_limit_currency, amount: row.credit_limit_amount },
    highest_education_attained: row.highest_education_attained,
    employment_status: row.employment_status,
    kyc_status: row.kyc_status,
    last_ok_date: row.last_ok_date,
    title: row.title,
    branch_id: row.branch_id,
    name_suffix: row.name_suffix,
  };
}

/** A row in the shape of lists: birthdays are days. */
export function listedCustomer(row) {
  const day = (date) => date.slice(0, 10);
  return {
    ...customer(row),
    date_of_birth: row.date_of_birth === null ? '' : day(row.date_of_birth),
    dob_of_dependants: row.dob_of_dependants.map(day),
  };
}

/** The schema of a new customer's body. */
export function bodySchema() {
  const text = (maxLength) => ({ type: 'string', maxLength });
  const date = { type: 'string', format: 'date-time', nullable: true };
  const object = (properties) => ({ type: 'object', required: Object.keys(properties), properties });
  return {
    type: 'object',
    required: ['legal_name', 'mobile_phone_number'],
    properties: {
      customer_number: text(50),
      legal_name: text(255),
      mobile_phone_number: text(50),
      email: text(200),
      face_image: object({ url: text(2000), date }),
      date_of_birth: date,
      relationship_status: text(255),
      dependants: { type: 'integer' },
      dob_of_dependants: { type: 'array', maxItems: 255, items: { type: 'string', format: 'date-time' } },
      credit_rating: object({ rating: text(100), source: text(100) }),
      credit_limit: object({ currency: text(100), amount: text(100) }),
      highest_education_attained: text(255),
      employment_status: text(255),
      kyc_status: { type: 'boolean' },
      last_ok_date: date,
      title: text(255),
      branch_id: text(255),
      name_suffix: text(255),
    },
  };
}
