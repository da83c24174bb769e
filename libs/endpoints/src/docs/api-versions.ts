import type { JsonObject } from './json.js';

/** The versions in both spellings of their members: that of v4.0.0 and that of later versions. */
export function buildApiVersions(versions: readonly string[]): JsonObject {
  return {
    scanned_api_versions: versions.map((version) => ({
      urlPrefix: 'obp',
      apiStandard: 'obp',
      apiShortVersion: version,
      API_VERSION: `OBP${version}`,
      url_prefix: 'obp',
      api_standard: 'obp',
      api_short_version: version,
      fully_qualified_version: `OBP${version}`,
      is_active: true,
    })),
  };
}
