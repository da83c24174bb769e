/**
 * The NATS subject of an event: "customers.events.gh%2E29%2Euk.customer.created". A bank's id may contain dots, which
 * separate the parts of a subject; so they are percent-encoded there.
 */
export function natsSubject({ bank_id, kind, action }: { bank_id: string; kind: string; action: string }): string {
  const bank = encodeURIComponent(bank_id).replace(/[.*]/g, (sign) => (sign === '.' ? '%2E' : '%2A'));
  return `customers.events.${bank}.${kind}.${action}`;
}

/** All of them. */
export const natsSubjects = 'customers.events.>';
