import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { Endpoint } from '../endpoint.js';
import { exampleOfField } from './example.js';
import { documentedFields } from '../read.js';
import { explanationOf } from './explanations.js';
import type { JsonValue } from './json.js';
import { requiredNames } from './json-schema.js';
import { pathFields } from './parameters.js';
import {
  failureFacts,
  isAnyObject,
  isDocument,
  isNothing,
  needsLogin,
  queryName,
  roleFacts,
  roleSwitchOf,
} from './vocabulary.js';

/** Everything a reader must know about an operation, in Markdown. */
export function describe(endpoint: Endpoint): string {
  return [overview(endpoint), ...parameters(endpoint), ...bodies(endpoint)].join('\n\n');
}

/** What an operation does and who may call it, in Markdown. */
export function overview(endpoint: Endpoint): string {
  return [sentence(endpoint.summary), endpoint.description.trim(), access(endpoint), featureSwitch(endpoint)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function sentence(summary: string): string {
  return summary.endsWith('.') ? summary : `${summary}.`;
}

function access(endpoint: Endpoint): string {
  const names = endpoint.roles.map((role) => `\`${roleFacts(role).role}\``);
  const setting = roleSwitchOf(endpoint);
  const roles = names.length === 1 ? `the role ${names[0]}` : `one of the roles ${names.join(', ')}`;
  if (setting !== undefined)
    return `Anybody may call it; on an instance with \`${setting}\` a user must be logged in and hold ${roles}.`;
  if (!needsLogin(endpoint)) return 'Anybody may call it: no login is needed.';
  return names.length === 0 ? 'A user must be logged in.' : `A user must be logged in and hold ${roles}.`;
}

function featureSwitch({ feature_switch }: Endpoint): string {
  return feature_switch === undefined ? '' : `Only on instances with \`${feature_switch.setting}=true\`.`;
}

function parameters(endpoint: Endpoint): string[] {
  const path = pathFields(endpoint).map((field) => parameter(field.name.toUpperCase(), field));
  const query = endpoint.query.map((field) => parameter(queryName(field), field));
  return [...list('URL Parameters:', path), ...list('Query parameters:', query)];
}

function parameter(name: string, field: DescField): string {
  const example = field.fieldKind === 'scalar' ? `, e.g. \`${shown(exampleOfField(field))}\`` : '';
  return `* ${name}: ${explanationOf(field)}${example}`;
}

function bodies(endpoint: Endpoint): string[] {
  const { body, response, response_field } = endpoint;
  const request =
    body === undefined
      ? []
      : body.fieldKind === 'message'
        ? fieldsOf(body.message, false)
        : [`* a list, e.g. \`${JSON.stringify(exampleOfField(body))}\``];
  const answer = isNothing(endpoint) || response_field !== undefined ? [] : fieldsOf(response, true);
  return [...list('JSON request body fields:', request), ...list('JSON response body fields:', answer)];
}

/** Each field with an example; the fields of nested messages are named by their path. */
function fieldsOf(message: DescMessage, answered: boolean, prefix = ''): string[] {
  if (isAnyObject(message)) return prefix === '' ? ['* any members'] : [];
  if (isDocument(message)) return [];
  const required = requiredNames(message, { answered });
  return documentedFields(message).flatMap((field) => {
    const name = `${prefix}${field.name}${field.fieldKind === 'list' ? '[]' : ''}`;
    const absent = answered || required.includes(field.name) ? '' : ' (optional)';
    if (field.message !== undefined) return [`* ${name}${absent}`, ...fieldsOf(field.message, answered, `${name}.`)];
    return [`* ${name}: \`${shown(exampleOfField(field))}\`${absent}`];
  });
}

/** A value as shown in a sentence: a string without its quotes. */
function shown(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`**${title}**\n\n${items.join('\n')}`];
}

/** The texts of an operation's failures, in their documented order. */
export function failureTexts({ failures }: Endpoint): string[] {
  return failures.map((failure) => failureFacts(failure).text);
}
