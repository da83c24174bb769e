import type { AddressLimits } from '../guards/address-limits.js';
import type { EdgeRoute } from '../http/edge-route.js';
import { readLogin } from './credentials.js';
import type { Sessions } from './sessions.js';

/** POST /my/logins/direct: reads name and password from a header, never from the body. Answers 201 `{"token":…}`. */
export function directLoginRoute(sessions: Sessions, addresses: AddressLimits): EdgeRoute {
  return {
    verb: 'POST',
    path: '/my/logins/direct',
    versioned: true,
    urgency: 'login',
    async answer(edge) {
      const login = readLogin(edge.request.headers);
      const token = await addresses.logIn('DirectLogin', edge, () => {
        edge.stopIfGone();
        return sessions.logIn(login, edge.correlation_id);
      });
      return { status: 201, value: { token } };
    },
  };
}
