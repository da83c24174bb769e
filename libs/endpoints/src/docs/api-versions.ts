import type { JsonObject } from './json.js';

/**
 * The versions with both spellings of their members. Explorers join the standard and `API_VERSION` themselves, so
 * `API_VERSION` is the short form.
 */
export function buildApiVersions(versions: readonly string[]): JsonObject {
  return {
    scanned_api_versions: versions.map((version) => ({
      urlPrefix: 'obp',
      apiStandard: 'obp',
      apiShortVersion: version,
      API_VERSION: version,
      url_prefix: 'obp',
      api_standard: 'obp',
      api_short_version: version,
      fully_qualified_version: `OBP${version}`,
      is_active: true,
    })),
  };
}
