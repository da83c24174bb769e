const attributeTypes = ['STRING', 'INTEGER', 'DOUBLE', 'DATE_WITH_DAY'] as const;

/** The type of an attribute's value. */
export type AttributeType = (typeof attributeTypes)[number];

/** Whether the text is the name of a type; upper and lower case count. */
export function isAttributeType(text: string): text is AttributeType {
  return (attributeTypes as readonly string[]).includes(text);
}
