import type { Credentials } from './credentials.js';

/**
 * Shell commands that log in and create and read a customer. They need a POSIX shell, curl and sed, and may be run
 * again: what is there already is said to be there.
 */
export function tour(origin: string, { admin_username, admin_password, consumer_key }: Credentials): string {
  return `\
OBP=${origin}/obp/v5.1.0
field() { sed -n 's/.*"'"$1"'":"\\([^"]*\\)".*/\\1/p'; }
TOKEN=$(curl -s -X POST ${origin}/my/logins/direct -H 'DirectLogin: username=${admin_username}, password=${admin_password.replaceAll("'", "'\\''")}, consumer_key=${consumer_key}' | field token)
AUTH="DirectLogin: token=$TOKEN"; JSON='Content-Type: application/json'
USER_ID=$(curl -s $OBP/users/current -H "$AUTH" | field user_id)
grant() { curl -s $OBP/users/$USER_ID/entitlements -H "$AUTH" -H "$JSON" -d '{"bank_id":"'"$2"'","role_name":"'"$1"'"}'; echo; }
grant CanCreateBank ''
curl -s $OBP/banks -H "$AUTH" -H "$JSON" -d '{"id":"gh.29.uk","bank_code":"GH29","full_name":"Bank of Green Hills"}'; echo
grant CanCreateCustomer gh.29.uk
grant CanGetCustomer gh.29.uk
CUSTOMER_ID=$(curl -s $OBP/banks/gh.29.uk/customers -H "$AUTH" -H "$JSON" -d '{"legal_name":"Eveline Tripman","mobile_phone_number":"+49 30 901820","date_of_birth":"1990-05-15"}' | field customer_id)
curl -s $OBP/banks/gh.29.uk/customers/$CUSTOMER_ID -H "$AUTH"; echo
`;
}
