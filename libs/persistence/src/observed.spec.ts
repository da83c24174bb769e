import { expect, it } from '@jest/globals';
import { summaryOf } from './observed.js';

it.each([
  [`insert into "customer" ("name") values ('Eveline from Berlin')`, 'insert customer'],
  [`update "customer" set "name" = 'from Berlin'`, 'update customer'],
  [`delete from "customer" where "bank_id" = 'b'`, 'delete customer'],
  [`select c.* from "customer" as c where name = 'x'`, 'select customer'],
  [`select 'Eveline from Berlin' from "customer"`, 'select'],
  [`\n    with known as (select 1 from bank) select 2`, 'with bank'],
  ['begin', 'begin'],
  ['', ''],
])('says of %p no more than %p', (text, summary) => {
  expect(summaryOf(text)).toBe(summary);
});
