import type { Platform } from './platform.js';
import { tour } from './tour.js';

/** What a start prints once everything is ready; generated secrets only at the start that made them. */
export function banner({ origin, ports, credentials }: Pick<Platform, 'origin' | 'ports' | 'credentials'>): string {
  const shown = credentials.created ? credentials : { ...credentials, admin_password: '<password>', consumer_key: '<key>' };
  const secrets = credentials.created
    ? `first admin    ${credentials.admin_username}\npassword       ${credentials.admin_password}\nconsumer key   ${credentials.consumer_key}\n               (kept in ${credentials.file}, not shown again)`
    : `first admin    ${credentials.admin_username}\nsecrets        as configured, or in ${credentials.file}`;
  return `
The platform is ready.

REST           ${origin}/obp/v5.1.0
Connect, gRPC  ${origin}
services       directory :${ports.directory}, customers :${ports.customers} (gRPC; peers only)
${secrets}

Try it in another terminal:

${tour(origin, shown)}
Ctrl-C stops everything; data stays.
`;
}
