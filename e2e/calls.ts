import { type Endpoint, readEndpoints } from '@platform/endpoints';
import { roleTable } from '@platform/messages';
import published from '../libs/endpoints/test/operations.json' with { type: 'json' };
import type { Platform } from './platform.js';
import { createRawGrpc, type Outcome, requestBytes } from './raw-grpc.js';
import { exampleBodies, type Records } from './records.js';

/** The 57 operations, and in addition the two that read agents. */
export const endpoints: readonly Endpoint[] = readEndpoints().filter(
  ({ operation_id }) =>
    /-getAgents?$/.test(operation_id) || published.some((operation) => operation.operation_id === operation_id),
);

export const nameOf = ({ operation_id }: Endpoint): string => operation_id.split('-')[1] as string;
/** As rows for `it.each`. */
export const named = endpoints.map((endpoint): [string, Endpoint] => [nameOf(endpoint), endpoint]);

export const needsBank = (role: number): boolean => roleTable[role]?.requires_bank_id === true;
export const roleName = (role: number): string => roleTable[role]?.name ?? '';

/** The path of the operation's n-th route, filled with the ids of the records. */
export function pathOf({ routes }: Endpoint, records: Records, route = 0): string {
  const segments = routes[route]?.segments ?? [];
  return segments
    .map((segment) => `/${'field' in segment ? String(records[segment.field as keyof Records]) : segment.literal}`)
    .join('');
}

export function bodyOf(endpoint: Endpoint, records: Records): object | undefined {
  if (endpoint.body === undefined) return undefined;
  const example = exampleBodies[nameOf(endpoint)];
  if (example === undefined) throw new Error(`no example body for ${nameOf(endpoint)}`);
  return example(records);
}

/** The same request as a gRPC message. */
export function bytesOf(endpoint: Endpoint, records: Records, route = 0): Uint8Array {
  const fields = (endpoint.routes[route]?.segments ?? []).flatMap((segment) =>
    'field' in segment ? [[segment.field, records[segment.field as keyof Records]]] : [],
  );
  const body = bodyOf(endpoint, records);
  return requestBytes(endpoint, { ...Object.fromEntries(fields), ...(body === undefined ? {} : { body }) });
}

/** "OK", or the code's name and the OBP code: "PERMISSION_DENIED OBP-20006". */
export const said = ({ code, message }: Outcome): string =>
  code === 'OK' ? code : `${code} ${/^OBP-\d{5}/.exec(message)?.[0] ?? message}`;

/** Runs an operation with its example body. */
export type Run = (endpoint: Endpoint, records: Records, token?: string, route?: number) => Promise<string>;

export interface Calls {
  /** "200", or the status and the code of the refusal: "403 OBP-20006". */
  readonly rest: Run;
  /** At the gateway by gRPC; the result is in the form of `said`. */
  readonly grpc: Run;
  close(): void;
}

export function createCalls(platform: Platform): Calls {
  const edge = createRawGrpc(new URL(platform.origin).host);
  return {
    async rest(endpoint, records, token, route = 0) {
      const answer = await platform.call(endpoint.routes[0].verb, pathOf(endpoint, records, route), {
        token,
        body: bodyOf(endpoint, records),
      });
      return answer.status < 300
        ? `${answer.status}`
        : `${answer.status} ${/^OBP-\d{5}/.exec(String(answer.json.message))?.[0] ?? answer.text}`;
    },
    grpc: async (endpoint, records, token, route = 0) =>
      said(
        await edge.call(
          endpoint,
          bytesOf(endpoint, records, route),
          token === undefined ? {} : { directlogin: `token=${token}` },
        ),
      ),
    close: () => edge.close(),
  };
}
