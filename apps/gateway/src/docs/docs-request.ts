import {
  type DocsFilter,
  openApiVersions,
  type OpenApiVersion,
  operationTags,
  type OperationTags,
  readVersion,
} from '@platform/endpoints';
import { fail } from '@platform/failure';
import { Failure, type GetResourceDocsObpRequest, type GetResourceDocsOpenAPI31Request } from '@platform/messages';
import { commaList } from '@platform/runtime';

/** The fields that all four requests for resource docs share. */
export type DocsRequest = Omit<GetResourceDocsObpRequest, 'api_collection_id'>;
/** How a document is written. */
export type DocsForm = Partial<Pick<GetResourceDocsOpenAPI31Request, 'openapi_version' | 'operation_tags'>>;

const locales = ['en_GB', 'es_ES'];
const contents = ['static', 'dynamic', 'all'] as const;

/**
 * The requested version, e.g. "v5.1.0".
 * @param enabled the versions of this instance
 * @throws ObpFailure OBP-00027 for an unknown one, OBP-00008 for one that is disabled, OBP-10041 for an unknown
 * language
 */
export function readDocsVersion({ api_version, locale, language }: DocsRequest, enabled: ReadonlySet<string>): string {
  const version = readVersion(api_version) ?? fail(Failure.FAILURE_INVALID_API_VERSION, ` ${api_version}`);
  if (!enabled.has(version)) return fail(Failure.FAILURE_API_VERSION_NOT_ENABLED);
  for (const wanted of [locale, language])
    if (wanted != null && wanted !== '' && !locales.includes(wanted)) return fail(Failure.FAILURE_LOCALE_NOT_SUPPORTED);
  return version;
}

/** The requested operations; an unknown `content` means all of them, as in OBP. */
export function readDocsFilter({ tags, functions, content }: DocsRequest): DocsFilter {
  const known = contents.find((one) => one === content?.toLowerCase());
  return {
    ...namesIn('tags', tags),
    ...namesIn('functions', functions),
    ...(known === undefined ? {} : { content: known }),
  };
}

/** @throws ObpFailure OBP-10016 for an unknown one */
export function readOpenApiVersion({ openapi_version }: DocsForm): OpenApiVersion {
  return oneOf('openapi_version', openApiVersions, openapi_version);
}

/** @throws ObpFailure OBP-10016 for unknown ones */
export function readOperationTags({ operation_tags }: DocsForm): OperationTags {
  return oneOf('operation_tags', operationTags, operation_tags);
}

/** The requested value; the first one by default. */
function oneOf<T extends string>(name: string, values: readonly [T, ...T[]], text: string | null | undefined): T {
  const wanted = text == null || text === '' ? values[0] : values.find((value) => value === text);
  return wanted ?? fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS, `${name} must be ${values.join(' or ')}.`);
}

function namesIn(key: 'tags' | 'functions', text: string | null | undefined): DocsFilter {
  const names = commaList(text ?? '');
  return names.length === 0 ? {} : { [key]: names };
}
