import { fail } from '@platform/failure';
import { rpc } from '@platform/grpc';
import { Failure, type Restriction, RestrictionServiceDefinition } from '@platform/messages';
import { type Clock, createCache, createLookups, systemClock } from '@platform/runtime';
import type { AuthenticationType, DirectoryCall } from '../auth/caller.js';

/** The rules that administrators set for an operation, beyond its own checks. */
export interface Restrictions {
  /** @throws ObpFailure OBP-40034 */
  checkLogin(operation_id: string, type: AuthenticationType, correlation_id: string): Promise<void>;
  /** @throws ObpFailure OBP-09014 */
  checkBody(operation_id: string, body: () => unknown, correlation_id: string): Promise<void>;
}

interface Compiled {
  readonly allowed: readonly string[];
  readonly faults: ((body: unknown) => string[]) | undefined;
}

const getRestrictions = rpc(RestrictionServiceDefinition, 'getRestrictions');
const ttl_ms = 900;
/** The number of compiled schemas that are kept. */
const schemas = 1_000;

export function createRestrictions(call: DirectoryCall, clock: Clock = systemClock): Restrictions {
  const known = createLookups<ReadonlyMap<string, Compiled>>({ name: 'restrictions', limit: 1, ttl_ms, clock });
  const compiled = createCache<(body: unknown) => string[]>({ limit: schemas, ttl_ms: Infinity, clock });

  const compile = async (text: string) => {
    const there = compiled.get(text);
    if (there !== undefined) return there;
    // Few instances use schemas, and the schema library takes long to load.
    const { compileSchema } = await import('@platform/json-schema');
    const fresh = compileSchema(JSON.parse(text));
    compiled.set(text, fresh);
    return fresh;
  };
  const read = async (correlation_id: string) => {
    const { restrictions } = await call(getRestrictions, {}, correlation_id);
    return new Map(
      await Promise.all(
        restrictions.map(async (one): Promise<[string, Compiled]> => [
          one.operation_id,
          await compiledOf(one, compile),
        ]),
      ),
    );
  };
  const of = async (operation_id: string, correlation_id: string): Promise<Compiled | undefined> =>
    (await known.get('', () => read(correlation_id))).get(operation_id);
  return {
    async checkLogin(operation_id, type, correlation_id) {
      const { allowed = [] } = (await of(operation_id, correlation_id)) ?? {};
      if (allowed.length > 0 && !allowed.includes(type)) {
        fail(
          Failure.FAILURE_AUTHENTICATION_TYPE_ILLEGAL,
          `allowed authentication types: [${allowed.join(', ')}], current request auth type: ${type}`,
        );
      }
    },
    async checkBody(operation_id, body, correlation_id) {
      const faults = (await of(operation_id, correlation_id))?.faults?.(body()) ?? [];
      if (faults.length > 0) fail(Failure.FAILURE_BODY_AGAINST_SCHEMA, ` ${faults.join('; ')}`);
    },
  };
}

async function compiledOf(
  { allowed_authentication_types, json_schema }: Restriction,
  compile: (text: string) => Promise<(body: unknown) => string[]>,
): Promise<Compiled> {
  return {
    allowed: allowed_authentication_types,
    faults: typeof json_schema === 'string' ? await compile(json_schema) : undefined,
  };
}
