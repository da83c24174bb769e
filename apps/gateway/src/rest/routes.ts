import type { IncomingMessage } from 'node:http';
import type { Endpoint } from '@platform/endpoints';
import type { Backend } from '../calls/backend.js';
import type { Urgency } from '../guards/load-shedding.js';
import { isGet } from '../http/body.js';
import type { EdgeRoute } from '../http/edge-route.js';
import type { Asked } from '../http/observation.js';
import { createPlan, type Plan } from './plan.js';
import { type Match, RouteTable } from './route-table.js';
import { readTarget, type Target, type Versions } from './target.js';

export interface RoutesOptions {
  readonly endpoints: readonly Endpoint[];
  readonly edgeRoutes: readonly EdgeRoute[];
  /** The version prefixes that are served. */
  readonly versions: Versions;
  readonly backend: Backend;
}

/** An endpoint of the gateway itself. */
export type OwnRoute = EdgeRoute & { readonly asked: Asked };

/** What a request asks for. */
export interface Found {
  readonly target: Target;
  readonly match: Match<Plan | OwnRoute> | undefined;
}

export interface Routes {
  /** @throws ObpFailure OBP-10034 for an address that cannot be parsed */
  find(request: IncomingMessage): Found;
  urgencyOf(request: IncomingMessage): Urgency;
  /** How the record is read that an operation writes; undefined when no operation reads it. */
  representationOf(endpoint: Endpoint): Plan | undefined;
}

/** Finds the operations and the gateway's own endpoints. */
export function createRoutes({ endpoints, edgeRoutes, versions, backend }: RoutesOptions): Routes {
  const versioned = new RouteTable<Plan | OwnRoute>();
  const documentation = new RouteTable<Plan | OwnRoute>();
  const bare = new RouteTable<Plan | OwnRoute>();
  const plans = new Map<string, Plan>();
  for (const endpoint of endpoints) {
    const plan = createPlan(endpoint, backend.operation(endpoint));
    plans.set(endpoint.operation_id, plan);
    for (const { verb, segments } of endpoint.routes) {
      versioned.add(verb, segments, plan);
      if (endpoint.describes_api) documentation.add(verb, segments, plan);
    }
  }
  for (const route of edgeRoutes) {
    const segments = route.path
      .split('/')
      .filter(Boolean)
      .map((literal) => ({ literal }));
    const own = { ...route, asked: { operation: route.path, route: route.path } };
    bare.add(route.verb, segments, own);
    if (route.versioned) versioned.add(route.verb, segments, own);
  }

  const find = (request: IncomingMessage): Found => {
    const target = readTarget(request.url ?? '', versions);
    // A HEAD is a GET without the response's body, which Node leaves out.
    const verb = isGet(request) ? 'GET' : (request.method ?? '');
    return {
      target,
      match:
        target.pieces === undefined
          ? bare.find(verb, target.path)
          : (target.documentationOnly ? documentation : versioned).find(verb, target.pieces),
    };
  };
  return {
    find,
    representationOf: ({ represented_by }) => plans.get(represented_by),
    urgencyOf(request) {
      try {
        const found = find(request).match?.target;
        if (found === undefined) return 'call';
        return 'answer' in found ? (found.urgency ?? 'call') : found.endpoint.list === undefined ? 'call' : 'list';
      } catch {
        return 'call';
      }
    },
  };
}
