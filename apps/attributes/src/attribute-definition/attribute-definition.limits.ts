import { checkText, checkTexts, invalidBody, isAttributeType, otherShape, type TextLimits } from '@platform/failure';
import type { AttributeDefinitionJsonV400 } from '@platform/messages';

/** Definitions at these paths are of customers' attributes. */
export const category = 'Customer';

/** Characters each text of a definition may have, by its name in the body. */
const limits: TextLimits = { name: 50, description: 2000, alias: 50 };
const viewLimit = 255;
const mostViews = 100;

/** Definitions of one message: with every text at its limit they stay under 4 MB. */
export const messageDefinitions = 30;

const typeRule = 'The `Type` field can only accept the following field: DOUBLE(12.1234), STRING(TAX_NUMBER), INTEGER (123)and DATE_WITH_DAY(2012-04-23)';
const categoryRule = `The \`Category\` field can only accept the following field: ${category}`;

/**
 * Reads a body, in the contract's order of checks.
 * @throws ObpFailure OBP-10001 naming what is wrong
 */
export function definitionFields(body: AttributeDefinitionJsonV400 | null): AttributeDefinitionJsonV400 {
  const given = body ?? otherShape('AttributeDefinitionJsonV400');
  checkTexts(given, limits);
  if (given.can_be_seen_on_views.length > mostViews) invalidBody(`can_be_seen_on_views must not have more than ${mostViews} elements.`);
  for (const view of given.can_be_seen_on_views) checkText('can_be_seen_on_views', view, viewLimit);
  if (!isAttributeType(given.type)) invalidBody(typeRule);
  if (given.category !== category) invalidBody(categoryRule);
  return given;
}
