import { describe, expect, it } from '@jest/globals';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { readEndpoints, ruleOf } from '@platform/endpoints';
import { exampleResponse, exampleToSend, hasNamedExample, namedExample } from '../src/docs/example.js';
import { examplesByName } from '../src/docs/examples.js';
import { isAnyObject, isDocument } from '../src/docs/vocabulary.js';

const endpoints = readEndpoints();

/** Every field of every public request and response. */
const fields = new Map<string, DescField>();
const seen = new Set<string>();
function gather(message: DescMessage): void {
  if (seen.has(message.typeName) || isAnyObject(message) || isDocument(message)) return;
  seen.add(message.typeName);
  for (const field of message.fields) {
    // No document shows it.
    if (ruleOf(field).rpcOnly) continue;
    fields.set(`${message.name}.${field.name}`, field);
    if (field.message !== undefined) gather(field.message);
  }
}
for (const { request, response } of endpoints) [request, response].forEach(gather);

describe('the examples', () => {
  it('have every field of every public request and response by its name', () => {
    expect([...fields].filter(([, field]) => !hasNamedExample(field)).map(([name]) => name)).toEqual([]);
  });

  it('name no field that is nowhere', () => {
    const names = new Set([...fields.values()].map(({ name }) => name));
    expect(Object.keys(examplesByName).filter((name) => !names.has(name))).toEqual([]);
  });

  it('fit the type of their field', () => {
    const kinds: Record<number, string> = { 1: 'number', 5: 'number', 8: 'boolean', 9: 'string' };
    const unfit = [...fields].filter(
      ([, field]) =>
        field.message === undefined && valuesOf(field).some((value) => typeof value !== kinds[field.scalar as number]),
    );
    expect(unfit.map(([name]) => name)).toEqual([]);
  });

  it('are a body with every key that the message has, in its order', () => {
    const create = endpoints.find(({ operation_id }) => operation_id === 'OBPv5.1.0-createAgent');
    expect(create?.body && exampleToSend(create.body)).toEqual({
      legal_name: 'Eveline Tripman',
      mobile_phone_number: '+49 30 901820',
      agent_number: '5987953',
      currency: 'EUR',
    });
  });

  it('are null for an answer without a body, and true where the answer is', () => {
    const remove = endpoints.find(({ operation_id }) => operation_id === 'OBPv4.0.0-deleteCustomerCascade');
    expect(remove && exampleResponse(remove)).toBe(true);
    const nothing = endpoints.find(({ success_status }) => success_status === 204);
    expect(nothing && exampleResponse(nothing)).toBeNull();
  });

  it('show what a document begins like', () => {
    const documents = endpoints.filter(({ response }) => isDocument(response));
    expect(documents.filter((endpoint) => Object.keys(exampleResponse(endpoint) as object).length === 0)).toEqual([]);
  });
});

function valuesOf(field: DescField): unknown[] {
  return [namedExample(field)].flat();
}
