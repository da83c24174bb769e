import { invalidBody, isAttributeType, otherShape } from '@platform/failure';
import type { AttributeDefinitionJsonV400 } from '@platform/messages';

/** The category of definitions for customer attributes. */
export const category = 'Customer';

/** Definitions per message: with every text at its limit they stay below 4 MB. */
export const messageDefinitions = 30;

const typeRule =
  'The `Type` field can only accept the following field: DOUBLE(12.1234), STRING(TAX_NUMBER), INTEGER (123)and DATE_WITH_DAY(2012-04-23)';
const categoryRule = `The \`Category\` field can only accept the following field: ${category}`;

/**
 * Reads a body; the checks are in the contract's order.
 * @throws ObpFailure OBP-10001 naming what is wrong
 */
export function definitionFields(body: AttributeDefinitionJsonV400 | null): AttributeDefinitionJsonV400 {
  const given = body ?? otherShape('AttributeDefinitionJsonV400');
  if (!isAttributeType(given.type)) invalidBody(typeRule);
  if (given.category !== category) invalidBody(categoryRule);
  return given;
}
