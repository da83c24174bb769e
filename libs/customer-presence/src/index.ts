export { createCustomers, type Customers } from './customers.js';
export { customerPresenceTable, holdCustomer, insertRecord } from './presence.js';
export { forgetCustomer, type RecordTable } from './forget.js';
