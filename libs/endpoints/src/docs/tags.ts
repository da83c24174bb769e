import type { Paths } from './operations.js';

const descriptions: Readonly<Record<string, string>> = {
  API: 'What this instance is and how it fares.',
  'API Collection': 'Sets of operations that a user keeps or shows to others.',
  Account: 'Accounts of a bank, their routings and attributes.',
  Agent: 'Who does business for a bank where it has no branch.',
  Audit: 'Who did what that matters to security.',
  'Authentication Type Validation': 'Which ways of logging in an operation accepts.',
  Bank: 'The banks of this instance.',
  Consumer: 'Applications, which log users in.',
  Customer: 'Customers of a bank and what belongs to them.',
  'Customer-History': 'Who changed what of a customer, and what it was before.',
  Documentation: 'What the API says of itself.',
  Entitlement: 'Roles that users hold.',
  FirehoseData: 'Whole banks at once, for those who may see everything.',
  'JSON Schema Validation': 'Further rules for the bodies of operations.',
  KYC: 'What is known of a customer.',
  Person: 'Creating and changing people.',
  Role: 'What can be granted.',
  Sandbox: 'Data to try things with.',
  Scope: 'Roles that applications hold.',
  User: 'Who logs in.',
  Webhook: 'Where changes are told.',
};

/** @throws Error when the tag has no description */
function tagDescription(tag: string): string {
  const description = descriptions[tag];
  if (description === undefined) throw new Error(`the tag ${tag} needs a description`);
  return description;
}

/** The tags of a document's operations with their descriptions, sorted by name. */
export function describeTags(paths: Paths): { name: string; description: string }[] {
  const operations = Object.values(paths).flatMap((item) => Object.values(item));
  const names = [...new Set(operations.flatMap(({ tags }) => tags))].sort();
  return names.map((name) => ({ name, description: tagDescription(name) }));
}
