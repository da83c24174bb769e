import type { Endpoint } from '../endpoint.js';
import { type FailureFacts, failureFacts } from './vocabulary.js';

/** An operation's failures by status, each text once. */
export function failuresByStatus({ failures }: Endpoint): [status: number, failures: FailureFacts[]][] {
  const groups = new Map<number, FailureFacts[]>();
  for (const facts of failures.map(failureFacts)) {
    const group = groups.get(facts.status) ?? [];
    if (!group.some(({ text }) => text === facts.text)) group.push(facts);
    groups.set(facts.status, group);
  }
  return [...groups].sort(([a], [b]) => a - b);
}

/** What a status means, in two or three words. */
export function reasonOf(status: number): string {
  return reasons[status] ?? 'Failure';
}

const reasons: Readonly<Record<number, string>> = {
  200: 'Done', 201: 'Created', 204: 'Done, and nothing to say', 400: 'Bad request', 401: 'Not logged in', 403: 'Not allowed', 404: 'Not found', 408: 'Too slow',
  409: 'Conflict', 413: 'Too large', 415: 'Packed in an unknown way', 429: 'Too many requests', 500: 'Our fault', 501: 'Not implemented', 503: 'Not available',
};
