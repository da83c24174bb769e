/** The tests' clients are many, and all on this machine: settings that let them. */
export const fromOneAddress = { LOGINS_PER_ADDRESS_AND_MINUTE: '1000000', ANONYMOUS_WRITES_PER_ADDRESS_AND_HOUR: '1000000', WRONG_PASSWORDS_PER_ADDRESS_AND_HOUR: '1000000' } as const;
