import { about } from './about.js';
import type { JsonObject } from './json.js';
import { type Dialect, openApi30Dialect, openApi31Dialect } from './json-schema.js';

/**
 * The versions of OpenAPI in which the operations are described: the newer first; the older for tools that read only
 * that one.
 */
export const openApiVersions = ['3.1', '3.0'] as const;
export type OpenApiVersion = (typeof openApiVersions)[number];

/** The parts that differ between versions. */
export interface OpenApiForm {
  /** The version as a document names it. */
  readonly openapi: string;
  readonly dialect: Dialect;
  readonly license: JsonObject;
}

const { name, identifier, url } = about.license;

export const openApiForms: Readonly<Record<OpenApiVersion, OpenApiForm>> = {
  '3.1': { openapi: '3.1.0', dialect: openApi31Dialect, license: { name, identifier } },
  '3.0': { openapi: '3.0.3', dialect: openApi30Dialect, license: { name, url } },
};
