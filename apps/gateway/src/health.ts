import type { EdgeAnswer, EdgeRoute } from './http/edge-route.js';
import type { PartsMonitor } from './parts-monitor.js';

/**
 * Without the directory no caller is known and no request can be served; without another service only its own
 * operations fail.
 */
const needed = 'directory';

/**
 * /livez: this process answers. /readyz: the directory answers too, and the gateway is not shutting down; with the
 * state of each part.
 */
export function healthRoutes(monitor: PartsMonitor, isClosing: () => boolean): EdgeRoute[] {
  const route = (path: string, answer: () => Promise<EdgeAnswer>): EdgeRoute => ({
    verb: 'GET',
    path,
    versioned: false,
    urgency: 'health',
    answer,
  });
  return [
    route('/livez', async () => ({ status: 200, value: { status: 'live' } })),
    route('/readyz', async () => {
      // A closing gateway is not ready, whatever the state of its parts.
      if (isClosing()) return { status: 503, value: { status: 'closing' } };
      const state = await monitor.state();
      const parts = Object.fromEntries(
        Object.entries(state).map(([name, serves]) => [name, serves ? 'serving' : 'not serving']),
      );
      return state[needed] === true
        ? { status: 200, value: { status: 'ready', parts } }
        : { status: 503, value: { status: `waiting for ${needed}`, parts } };
    }),
  ];
}
