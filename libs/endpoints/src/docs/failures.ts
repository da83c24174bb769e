import type { Endpoint } from '../endpoint.js';
import { anyCall, edgeFailures } from './edge-failures.js';
import type { JsonObject } from './json.js';
import { type FailureFacts, failureFacts } from './vocabulary.js';

const reasons: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Created',
  204: 'Done, and nothing to say',
  400: 'Bad request',
  401: 'Not logged in',
  403: 'Not allowed',
  404: 'Not found',
  408: 'Too slow',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Our fault',
  501: 'Not implemented',
  503: 'Not available',
};

/** Failures of one status, each text once. */
export interface FailureGroup {
  readonly status: number;
  readonly failures: readonly FailureFacts[];
}

/** An operation's failures by status: its own first, then those that the edge may answer before it. */
export function failuresByStatus(endpoint: Endpoint): FailureGroup[] {
  return grouped([...endpoint.failures, ...edgeFailures(endpoint)].map(failureFacts));
}

/** The failures that every operation may answer, by the name under which documents refer to them. */
export const sharedFailures: ReadonlyMap<string, FailureGroup> = new Map(
  grouped(anyCall.map(failureFacts)).map((group) => [nameOf(group.status), group]),
);

/**
 * The responses of an operation's failures, by status.
 * @param shared where a document keeps the failures that every operation may answer, e.g. "#/responses/"
 * @param own describes the other failures
 */
export function failureResponses(
  endpoint: Endpoint,
  shared: string,
  own: (group: FailureGroup) => JsonObject,
): JsonObject {
  return Object.fromEntries(
    failuresByStatus(endpoint).map((group) => {
      const name = sharedName(group);
      return [String(group.status), name === undefined ? own(group) : { $ref: `${shared}${name}` }];
    }),
  );
}

/** The name under which documents refer to a shared group; undefined when the group belongs to one operation only. */
function sharedName({ status, failures }: FailureGroup): string | undefined {
  const name = nameOf(status);
  const shared = sharedFailures.get(name)?.failures.map(({ text }) => text);
  return shared !== undefined && failures.every(({ text }) => shared.includes(text)) ? name : undefined;
}

/** What a status means, in two or three words. */
export function reasonOf(status: number): string {
  return reasons[status] ?? 'Failure';
}

/** "TooManyRequests" */
function nameOf(status: number): string {
  return reasonOf(status).replace(/\W+(.)/g, (_match, letter: string) => letter.toUpperCase());
}

function grouped(all: readonly FailureFacts[]): FailureGroup[] {
  const groups = new Map<number, FailureFacts[]>();
  for (const facts of all) {
    const group = groups.get(facts.status) ?? [];
    if (!group.some(({ text }) => text === facts.text)) group.push(facts);
    groups.set(facts.status, group);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([status, failures]) => ({ status, failures }));
}
