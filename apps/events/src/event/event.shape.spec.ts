import { expect, it } from '@jest/globals';
import { cloudEvent, type EventRow, sequenceOf } from './event.shape.js';

const row: EventRow = {
  bank_id: 'gh.29.uk',
  position: 815,
  entry_id: 'attributes-4711',
  kind: 'customer_attribute',
  record_id: 'a1',
  version: 2,
  subject: 'c1',
  action: 'changed',
  operation: '/obp.attributes.v1.CustomerAttributeService/UpdateCustomerAttribute',
  user_id: 'u1',
  consumer_id: 'k1',
  correlation_id: 'r1',
  occurred_at: '2026-01-21T23:08:00.123Z',
  fields: ['value'],
  values: null,
};

it('a row is a CloudEvent 1.0 about its customer', () => {
  expect(cloudEvent(row)).toEqual({
    specversion: '1.0',
    id: 'attributes-4711',
    source: '/banks/gh.29.uk',
    type: 'customer_attribute.changed',
    subject: 'c1',
    time: '2026-01-21T23:08:00.123Z',
    datacontenttype: 'application/json',
    sequence: '0000000000000815',
    data: {
      bank_id: 'gh.29.uk',
      kind: 'customer_attribute',
      record_id: 'a1',
      version: 2,
      action: 'changed',
      operation: row.operation,
      user_id: 'u1',
      consumer_id: 'k1',
      correlation_id: 'r1',
      fields: ['value'],
      values: null,
    },
  });
});

it('its data has what was and became if the row does', () => {
  const values = '{"was":{"value":"a"},"became":{"value":"b"}}';
  expect(cloudEvent({ ...row, values }).data?.values).toEqual({ was: { value: 'a' }, became: { value: 'b' } });
});

it('sequences sort like positions', () => {
  const positions = [1, 9, 10, 99, 100, Number.MAX_SAFE_INTEGER];
  expect(positions.map(sequenceOf).sort()).toEqual(positions.map(sequenceOf));
});
