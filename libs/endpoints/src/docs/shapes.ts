import type { DescMessage } from '@bufbuild/protobuf';
import type { Endpoint } from '../endpoint.js';
import { documentedFields } from '../read.js';
import type { JsonObject } from './json.js';
import type { Use } from './json-schema.js';
import { memo } from './memo.js';
import { isAnyObject, isDocument, isNothing } from './vocabulary.js';

/** A message that a document describes by its name. */
export interface Shape extends Use {
  readonly message: DescMessage;
}

/**
 * Every message in the request and response bodies of the operations, by name.
 * @throws Error when two of them have the same name
 */
function shapesOf(endpoints: readonly Endpoint[]): Shape[] {
  const sent = new Map<string, DescMessage>();
  const answered = new Map<string, DescMessage>();
  for (const endpoint of endpoints) {
    if (endpoint.body?.message !== undefined) gather(endpoint.body.message, sent);
    const { response, response_field } = endpoint;
    const answer =
      response_field === undefined ? response : response.fields.find(({ name }) => name === response_field)?.message;
    if (answer !== undefined && !isNothing(endpoint)) gather(answer, answered);
  }
  const all = new Map([...sent, ...answered]);
  const names = new Set([...all.values()].map(({ name }) => name));
  if (names.size !== all.size) throw new Error('two messages have one name');
  return [...all.values()]
    .map((message) => ({ message, answered: !sent.has(message.typeName) }))
    .sort((a, b) => (a.message.name < b.message.name ? -1 : 1));
}

/** The schemas of all shapes, by name; each is computed once. */
export function createSchemas(schemaOf: (shape: Shape) => JsonObject): (endpoints: readonly Endpoint[]) => JsonObject {
  const sent = memo((message: DescMessage) => schemaOf({ message, answered: false }));
  const answers = memo((message: DescMessage) => schemaOf({ message, answered: true }));
  return (endpoints) =>
    Object.fromEntries(
      shapesOf(endpoints).map(({ message, answered }) => [message.name, (answered ? answers : sent)(message)]),
    );
}

function gather(message: DescMessage, found: Map<string, DescMessage>): void {
  if (found.has(message.typeName) || isDocument(message)) return;
  found.set(message.typeName, message);
  if (isAnyObject(message)) return;
  for (const field of documentedFields(message)) if (field.message !== undefined) gather(field.message, found);
}
