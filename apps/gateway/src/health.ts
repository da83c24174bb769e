import type { Backend } from './calls/backend.js';
import type { EdgeAnswer, EdgeRoute } from './http/edge-route.js';

const peerTimeout_ms = 500;

/** /livez: this process answers. /readyz: so do its peers, and it is not shutting down. */
export function healthRoutes(backend: Backend, isClosing: () => boolean): EdgeRoute[] {
  const route = (path: string, answer: () => Promise<EdgeAnswer>): EdgeRoute => ({ verb: 'GET', path, versioned: false, urgency: 'health', answer });
  return [
    route('/livez', async () => ({ status: 200, value: { status: 'live' } })),
    route('/readyz', async () => {
      if (isClosing()) return { status: 503, value: { status: 'closing' } };
      try {
        await backend.ready(peerTimeout_ms);
        return { status: 200, value: { status: 'ready' } };
      } catch {
        return { status: 503, value: { status: 'waiting for a service' } };
      }
    }),
  ];
}
