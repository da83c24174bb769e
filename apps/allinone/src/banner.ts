import type { Platform } from './platform.js';
import { serviceNames } from './services.js';
import { tour } from './tour.js';

/** The text printed when everything is ready; generated secrets appear only at the start that generated them. */
export function banner({ origin, ports, credentials }: Pick<Platform, 'origin' | 'ports' | 'credentials'>): string {
  const { generated, admin_username, file } = credentials;
  const shown = {
    ...credentials,
    admin_password: generated.includes('admin_password') ? credentials.admin_password : '<password>',
    consumer_key: generated.includes('consumer_key') ? credentials.consumer_key : '<key>',
    consumer_secret: generated.includes('consumer_secret') ? credentials.consumer_secret : '<secret>',
  };
  const kept = generated.length > 0 ? `kept in ${file}, not shown again` : `as configured, or in ${file}`;
  return `
The platform is ready.

explorer        ${origin}/
REST            ${origin}/obp/v5.1.0
Connect, gRPC   ${origin}
services        ${serviceNames.map((name) => `${name} :${ports[name]}`).join(', ')} (gRPC; peers only)
first admin     ${admin_username}
password        ${shown.admin_password}
consumer key    ${shown.consumer_key}
consumer secret ${shown.consumer_secret}
                (${kept})

Try it in another terminal:

${tour(origin, shown)}
Ctrl-C stops everything; data stays.
`;
}
