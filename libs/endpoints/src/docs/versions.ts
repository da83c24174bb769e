/** The version prefixes under which every operation is served, oldest first. */
export const operationVersions = [
  'v1.2.1',
  'v1.3.0',
  'v1.4.0',
  'v2.0.0',
  'v2.1.0',
  'v2.2.0',
  'v3.0.0',
  'v3.1.0',
  'v4.0.0',
  'v5.0.0',
  'v5.1.0',
  'v6.0.0',
] as const;

/** The versions that have documents; the last one has documents only, no operations. */
export const documentedVersions: readonly string[] = [...operationVersions, 'v7.0.0'];

/** "v5.1.0" or "OBPv5.1.0" → "v5.1.0"; undefined for a version without documents. */
export function readVersion(text: string): string | undefined {
  const version = text.replace(/^OBP/, '');
  return documentedVersions.includes(version) ? version : undefined;
}
