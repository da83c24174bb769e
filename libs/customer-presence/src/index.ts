export { createCustomers, type Customers } from './customers.js';
export { customerPresenceTable, forgetCustomer, holdCustomer } from './presence.js';
