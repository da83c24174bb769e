/* global structuredClone */

/**
 * The platform's OpenAPI document, made ready for the page: calls go where the page came from, and logging in is the
 * page's own affair.
 * @returns {{document: object, operations: Map<string, {roles: object[], login: boolean, words: string}>}} operations by `operationKey`
 */
export function prepare(original, prefix) {
  const document = structuredClone(original);
  delete document.security;
  document.servers = [{ url: prefix }];
  delete document.components?.securitySchemes;
  const operations = new Map();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [verb, operation] of Object.entries(item)) {
      if (!verbs.has(verb)) continue;
      operations.set(operationKey(verb, path), facts(verb, path, operation));
      delete operation.security;
      operation.parameters?.forEach(forgetBank);
      // The same at every answer.
      for (const response of Object.values(operation.responses ?? {})) delete response.headers;
    }
  }
  for (const response of Object.values(document.components?.responses ?? {})) delete response.headers;
  return { document, operations };
}

const verbs = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** @param {string} verb in any case */
export function operationKey(verb, path) {
  return `${verb.toLowerCase()} ${path}`;
}

function facts(verb, path, operation) {
  const roles = operation['x-roles'] ?? [];
  const words = [verb, path, operation.summary, operation.operationId, operation['x-operation-id'], ...(operation.tags ?? []), ...(operation['x-other-tags'] ?? []), ...roles.map(({ role }) => role)];
  return { roles, login: needsLogin(operation.security), words: words.join(' ').toLowerCase() };
}

/** `[]` and a list with an empty alternative ask for nothing. */
function needsLogin(security) {
  return security !== undefined && security.length > 0 && security.every((one) => Object.keys(one).length > 0);
}

export const isBank = (name, where) => where === 'path' && name === 'BANK_ID';

/** The bank comes from the page's own field. */
function forgetBank(parameter) {
  if (!isBank(parameter.name, parameter.in)) return;
  delete parameter.example;
  delete parameter.examples;
  if (parameter.schema !== undefined) parameter.schema = { type: 'string' };
}

/** Whether all words of what is sought stand in an operation's. */
export function matches(words, sought) {
  return sought.toLowerCase().split(/\s+/).every((word) => words.includes(word));
}
