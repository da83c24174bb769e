/**
 * Settings that allow the tests' many clients, which all have this machine's address; the machine may be busy with
 * other work.
 */
export const fromOneAddress = {
  LOGINS_PER_ADDRESS_AND_MINUTE: '1000000',
  ANONYMOUS_WRITES_PER_ADDRESS_AND_HOUR: '1000000',
  WRONG_PASSWORDS_PER_ADDRESS_AND_HOUR: '1000000',
  MAX_REQUESTS_IN_FLIGHT: '10000',
  MAX_EVENT_LOOP_DELAY_MS: '60000',
} as const;
