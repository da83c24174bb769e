import type { EdgeRoute } from '../http/edge-route.js';
import { readLogin } from './credentials.js';
import type { Sessions } from './sessions.js';

/** POST /my/logins/direct: name and password from a header, never from the body. Answers 201 `{"token":…}`. */
export function directLoginRoute(sessions: Sessions): EdgeRoute {
  return {
    verb: 'POST',
    path: '/my/logins/direct',
    versioned: true,
    answer: async ({ request, correlation_id }) => ({ status: 201, value: { token: await sessions.logIn(readLogin(request.headers), correlation_id) } }),
  };
}
