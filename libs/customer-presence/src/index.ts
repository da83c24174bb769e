export { createCustomers, type Customers } from './customers.js';
export { customerPresence, customerPresenceTable, holdCustomer, insertRecord } from './presence.js';
export { forgetCustomer } from './forget.js';
