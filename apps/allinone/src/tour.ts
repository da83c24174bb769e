import type { Credentials } from './credentials.js';

/**
 * Shell commands that show the whole life of a customer, from its creation to its deletion. They need a POSIX shell,
 * curl and sed, and may be run again: for records that already exist, the response says so.
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
for ROLE in CanCreateAccount CanCreateCustomer CanGetCustomer CanCreateCustomerAttributeAtOneBank CanCreateCustomerAddress CanCreateUserCustomerLink CanCreateCustomerAccountLink CanGetCustomerOverview CanGetCustomerHistory CanDeleteCustomerCascade; do grant $ROLE gh.29.uk; done
post() { curl -s $OBP/banks/gh.29.uk/$1 -H "$AUTH" -H "$JSON" -d "$2"; }
CUSTOMER=$(post customers '{"legal_name":"Eveline Tripman","mobile_phone_number":"+49 30 901820","date_of_birth":"1990-05-15"}')
CUSTOMER_ID=$(echo "$CUSTOMER" | field customer_id); CUSTOMER_NUMBER=$(echo "$CUSTOMER" | field customer_number)
post customers/$CUSTOMER_ID/attribute '{"name":"SPECIAL_TAX_NUMBER","type":"STRING","value":"123456789"}'; echo
post customers/$CUSTOMER_ID/address '{"line_1":"No 1 the Road","line_2":"","line_3":"","city":"Berlin","county":"","state":"Brandenburg","postcode":"13359","country_code":"DE","tags":["home"],"status":"OK"}'; echo
post user_customer_links '{"user_id":"'$USER_ID'","customer_id":"'$CUSTOMER_ID'"}'; echo
ACCOUNT_ID=$(post accounts '{"user_id":"","label":"Savings","product_code":"SAVINGS","balance":{"currency":"EUR","amount":"0"},"branch_id":"","account_routings":[]}' | field account_id)
post customer-account-links '{"customer_id":"'$CUSTOMER_ID'","bank_id":"gh.29.uk","account_id":"'$ACCOUNT_ID'","relationship_type":"Owner"}'; echo
curl -s "$OBP/banks/gh.29.uk/customers/$CUSTOMER_ID/history?limit=2" -H "$AUTH"; echo
curl -s $OBP/my/customers -H "$AUTH"; echo
post customers/customer-number-query/overview '{"customer_number":"'$CUSTOMER_NUMBER'"}'; echo
curl -s -X DELETE $OBP/management/cascading/banks/gh.29.uk/customers/$CUSTOMER_ID -H "$AUTH"; echo
`;
}
