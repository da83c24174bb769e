import type { Endpoint } from '../endpoint.js';
import { functionNames } from './function-names.js';
import type { JsonObject } from './json.js';
import { templatePath } from './parameters.js';
import { needsLogin, roleSwitchOf } from './vocabulary.js';

/** Which of an operation's tags appear as its tags in a document. */
export const operationTags = ['first', 'all'] as const;
export type OperationTags = (typeof operationTags)[number];

export interface Presentation {
  /** The prefix of every path; default none. */
  readonly prefix?: string;
  /**
   * Default `first`: most generators make one class for each tag, and would declare an operation with two tags twice.
   */
  readonly operation_tags?: OperationTags | undefined;
}

type Tagged = JsonObject & { readonly tags: readonly string[] };
/** Operations by path and verb. */
export type Paths = Readonly<Record<string, Readonly<Record<string, Tagged>>>>;

/** The operations by path and verb, each with its name and tags. */
export function pathsOf(
  endpoints: readonly Endpoint[],
  operationOf: (endpoint: Endpoint) => JsonObject,
  { prefix = '', operation_tags = 'first' }: Presentation,
): Paths {
  const nameOf = functionNames(endpoints);
  const paths = new Map<string, Paths[string]>();
  // In OpenAPI, paths that differ only in the names of their parameters are the same path: the newest operation's names
  // are used.
  const oldestFirst = [...endpoints]
    .sort((a, b) => (a.operation_id < b.operation_id ? -1 : 1))
    .map((endpoint) => templatePath(endpoint));
  const shared = new Map(oldestFirst.map((path) => [path.replace(parameterName, '{}'), path]));
  for (const endpoint of endpoints) {
    const own = templatePath(endpoint);
    const template = shared.get(own.replace(parameterName, '{}')) as string;
    const path = `${prefix}${template}`;
    const operation = {
      operationId: nameOf(endpoint),
      ...tagsOf(endpoint, operation_tags),
      ...renamed(operationOf(endpoint), own, template),
    };
    paths.set(path, { ...paths.get(path), [endpoint.routes[0].verb.toLowerCase()]: operation });
  }
  return Object.fromEntries([...paths].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const parameterName = /\{[^}]+\}/g;

/** The operation with its path parameters renamed as in `path`, which differs from its own path only in those names. */
function renamed(operation: JsonObject, own: string, path: string): JsonObject {
  if (own === path) return operation;
  const [before, after] = [own, path].map(
    (one) => one.match(parameterName)?.map((name) => name.slice(1, -1)) ?? [],
  ) as [string[], string[]];
  const parameters = (operation['parameters'] as readonly JsonObject[]).map((one) =>
    one['in'] === 'path' ? { ...one, name: after[before.indexOf(one['name'] as string)] as string } : one,
  );
  return { ...operation, parameters };
}

function tagsOf({ tags }: Endpoint, which: OperationTags): Tagged {
  const others = tags.slice(1);
  return which === 'all' || others.length === 0 ? { tags } : { tags: tags.slice(0, 1), 'x-other-tags': others };
}

/** The security requirements, one for each scheme: any of them is enough. */
export function loginsOf(schemes: readonly string[]): JsonObject[] {
  return schemes.map((scheme): JsonObject => ({ [scheme]: [] }));
}

/** The security requirements of an operation; an empty one means that login is optional. */
export function securityOf(endpoint: Endpoint, schemes: readonly string[]): JsonObject[] {
  if (needsLogin(endpoint)) return loginsOf(schemes);
  return roleSwitchOf(endpoint) === undefined ? [] : [{}, ...loginsOf(schemes)];
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
