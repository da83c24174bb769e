import { type DocsFilter, readVersion } from '@platform/endpoints';
import { fail } from '@platform/failure';
import { Failure, type GetResourceDocsObpRequest } from '@platform/messages';

/** What the four requests for resource docs have in common. */
export type DocsRequest = Omit<GetResourceDocsObpRequest, 'api_collection_id'>;

const locales = ['en_GB', 'es_ES'];
const contents = ['static', 'dynamic', 'all'] as const;

/**
 * The version that is asked for, e.g. "v5.1.0".
 * @param enabled the versions of this instance
 * @throws ObpFailure OBP-00027 for an unknown one, OBP-00008 for one that is switched off, OBP-10041 for an unknown language
 */
export function readDocsVersion({ api_version, locale, language }: DocsRequest, enabled: ReadonlySet<string>): string {
  const version = readVersion(api_version) ?? fail(Failure.FAILURE_INVALID_API_VERSION, ` ${api_version}`);
  if (!enabled.has(version)) return fail(Failure.FAILURE_API_VERSION_NOT_ENABLED);
  for (const wanted of [locale, language]) if (wanted != null && wanted !== '' && !locales.includes(wanted)) return fail(Failure.FAILURE_LOCALE_NOT_SUPPORTED);
  return version;
}

/** Which operations are wanted; an unknown `content` means all of them, as with OBP. */
export function readDocsFilter({ tags, functions, content }: DocsRequest): DocsFilter {
  const known = contents.find((one) => one === content?.toLowerCase());
  return { ...namesIn('tags', tags), ...namesIn('functions', functions), ...(known === undefined ? {} : { content: known }) };
}

function namesIn(key: 'tags' | 'functions', text: string | null | undefined): DocsFilter {
  const names = (text ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  return names.length === 0 ? {} : { [key]: names };
}
