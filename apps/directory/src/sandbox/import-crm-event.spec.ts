import { describe, expect, it } from '@jest/globals';
import type { SandboxCrmEvent } from '@platform/messages';
import { checkCrmEvents, crmEventRequest } from './import-crm-event.js';

const event = (change: Partial<SandboxCrmEvent> = {}): SandboxCrmEvent => ({
  id: 'e1',
  bank_id: 'b1',
  customer: { name: 'James Brown', number: '698761728934' },
  category: 'Call',
  detail: '中'.repeat(1024),
  channel: 'Phone',
  actual_date: '2012-03-07T00:00:00.001Z',
  ...change,
});
const check = (...events: SandboxCrmEvent[]) => checkCrmEvents(events);

describe('CRM events of an import', () => {
  it('have ids of their bank and name anybody', () => {
    expect(() =>
      check(event(), event({ bank_id: 'b2' }), event({ id: 'e2', customer: { name: '', number: '' } })),
    ).not.toThrow();
  });

  it.each<[string, Partial<SandboxCrmEvent>, string]>([
    ['no id', { id: '' }, 'crm_events[1].id must be'],
    ['a taken id', { id: 'e1' }, 'crm_events[1].id is that of crm_events[0] already.'],
    ['no customer', { customer: null }, 'crm_events[1].customer is missing.'],
    ['no date', { actual_date: '' }, 'crm_events[1].actual_date must be a date'],
    ['a long detail', { detail: 'x'.repeat(1025) }, 'crm_events[1].detail must not be longer than 1024 characters.'],
    [
      'a long name',
      { customer: { name: 'x'.repeat(256), number: '' } },
      'crm_events[1].customer.name must not be longer than 255 characters.',
    ],
    ['NUL', { channel: '\0' }, 'crm_events[1].channel must not contain the NUL character.'],
  ])('are refused with %s', (_what, change, fault) =>
    expect(() => check(event(), event({ id: 'e2', ...change }))).toThrow(fault),
  );

  it('become events of the customers service', () => {
    expect(crmEventRequest(event({ detail: 'D' }))).toEqual({
      id: 'e1',
      bank_id: 'b1',
      customer_name: 'James Brown',
      customer_number: '698761728934',
      category: 'Call',
      detail: 'D',
      channel: 'Phone',
      scheduled_date: null,
      actual_date: '2012-03-07T00:00:00Z',
      result: '',
    });
  });
});
