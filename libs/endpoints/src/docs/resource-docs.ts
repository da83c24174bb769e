import type { Endpoint } from '../endpoint.js';
import type { DocumentBuilder } from './builder.js';
import { processOf } from './connector.js';
import { describe, failureTexts } from './description.js';
import { exampleOfField, exampleResponse } from './example.js';
import { toHtml } from './html.js';
import type { JsonObject, JsonValue } from './json.js';
import { inlineDialect, schemaOfField, schemaOfResponse } from './json-schema.js';
import { memo } from './memo.js';
import { implementedBy, isNothing, roleFacts } from './vocabulary.js';

export interface ResourceDocsOptions {
  /** The version as requested, e.g. "v5.1.0". */
  readonly version: string;
  readonly computed_at: Date;
}

/** The operations in OBP's own documentation format, by URL and verb. */
export function buildResourceDocs(endpoints: readonly Endpoint[], options: ResourceDocsOptions): JsonObject {
  return createResourceDocsBuilder().build(endpoints, options);
}

/** Builds documents in OBP's own format. */
export function createResourceDocsBuilder(): DocumentBuilder<ResourceDocsOptions> {
  const factsOf = memo(facts);
  return {
    prepare: factsOf,
    build(endpoints, { version, computed_at }) {
      const resource_docs = [...endpoints].sort(byUrlThenVerb).map((endpoint) => {
        const { connector_methods, ...rest } = factsOf(endpoint);
        return {
          ...rest,
          specified_url: `/obp/${version}${endpoint.documented_path}`,
          connector_methods,
        } as JsonObject;
      });
      return {
        resource_docs,
        meta: { response_date: computed_at.toISOString().replace(/\.\d+Z$/, 'Z'), count: resource_docs.length },
      };
    },
  };
}

/**
 * Everything except the URL, which contains the requested version. Examples of bodies that do not exist are left out,
 * and so is a response that is only `true`.
 */
function facts(endpoint: Endpoint): JsonObject {
  const { operation_id, body, roles, summary, tags } = endpoint;
  const answers = !isNothing(endpoint) && exampleResponse(endpoint) !== true;
  const markdown = describe(endpoint);
  return {
    operation_id,
    implemented_by: implementedBy(endpoint),
    request_verb: endpoint.routes[0].verb,
    request_url: requestUrl(endpoint),
    summary,
    description: toHtml(markdown),
    description_markdown: markdown,
    ...(body === undefined ? {} : { example_request_body: exampleOfField(body) }),
    ...(answers ? { success_response_body: exampleResponse(endpoint) } : {}),
    error_response_bodies: failureTexts(endpoint),
    tags,
    ...(body === undefined ? {} : { typed_request_body: schemaOfField(body, inlineDialect) }),
    ...(answers ? { typed_success_response_body: schemaOfResponse(endpoint, inlineDialect) as JsonObject } : {}),
    ...(roles.length === 0 ? {} : { roles: roles.map((role): JsonValue => ({ ...roleFacts(role) })) }),
    is_featured: false,
    special_instructions: '',
    connector_methods: [processOf(endpoint.method)].filter((process) => process !== undefined),
  };
}

function requestUrl(endpoint: Endpoint): string {
  return `/obp/${implementedBy(endpoint).version.replace(/^OBP/, '')}${endpoint.documented_path}`;
}

function byUrlThenVerb(a: Endpoint, b: Endpoint): number {
  const [left, right] = [a, b].map((endpoint) => `${requestUrl(endpoint)} ${endpoint.routes[0].verb}`) as [
    string,
    string,
  ];
  return left < right ? -1 : Number(left > right);
}
