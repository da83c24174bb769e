import type { AddressLimits } from '../guards/address-limits.js';
import type { EdgeRoute } from '../http/edge-route.js';
import { readLogin } from './credentials.js';
import type { Sessions } from './sessions.js';

/** POST /my/logins/direct: name and password from a header, never from the body. Answers 201 `{"token":…}`. */
export function directLoginRoute(sessions: Sessions, addresses: AddressLimits): EdgeRoute {
  return {
    verb: 'POST',
    path: '/my/logins/direct',
    versioned: true,
    async answer({ request, correlation_id, address, show }) {
      const login = readLogin(request.headers);
      await addresses.take('login', address, correlation_id, show);
      return { status: 201, value: { token: await sessions.logIn({ ...login, address }, correlation_id) } };
    },
  };
}
