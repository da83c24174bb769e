const attributeTypes = ['STRING', 'INTEGER', 'DOUBLE', 'DATE_WITH_DAY'] as const;

/** What the value of an attribute is. */
export type AttributeType = (typeof attributeTypes)[number];

/** Whether the text names a type, in exactly these letters. */
export function isAttributeType(text: string): text is AttributeType {
  return (attributeTypes as readonly string[]).includes(text);
}
