import type { Endpoint } from '../endpoint.js';
import { functionNames } from './function-names.js';
import type { JsonObject } from './json.js';
import { templatePath } from './parameters.js';
import { needsLogin, roleSwitchOf } from './vocabulary.js';

/** The operations by path and verb, each with its name. */
export function pathsOf(endpoints: readonly Endpoint[], operationOf: (endpoint: Endpoint) => JsonObject): JsonObject {
  const nameOf = functionNames(endpoints);
  const paths = new Map<string, JsonObject>();
  for (const endpoint of endpoints) {
    const path = templatePath(endpoint);
    paths.set(path, { ...paths.get(path), [endpoint.routes[0].verb.toLowerCase()]: { operationId: nameOf(endpoint), ...operationOf(endpoint) } });
  }
  return Object.fromEntries([...paths].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Which of the security schemes an operation takes; an empty one means that nobody need be logged in. */
export function securityOf(endpoint: Endpoint, schemes: readonly string[]): JsonObject[] {
  const logins = schemes.map((scheme): JsonObject => ({ [scheme]: [] }));
  if (needsLogin(endpoint)) return logins;
  return roleSwitchOf(endpoint) === undefined ? [] : [{}, ...logins];
}

/** The schema of every failure. */
export function failureSchema(example: (value: string | number) => JsonObject): JsonObject {
  return {
    type: 'object',
    description: 'A failure.',
    required: ['code', 'message'],
    properties: {
      code: { type: 'integer', format: 'int32', description: 'The HTTP status.', ...example(404) },
      message: { type: 'string', ...example('OBP-30001: Bank not found. Please specify a valid value for BANK_ID.') },
    },
  };
}
