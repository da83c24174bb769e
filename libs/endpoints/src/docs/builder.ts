import type { Endpoint } from '../endpoint.js';
import type { JsonObject } from './json.js';

/** Builds documents of one kind. What it computes for an operation is reused for every version and filter. */
export interface DocumentBuilder<Options> {
  /** Computes the parts of one operation in advance, so that a document can be prepared step by step. */
  prepare(endpoint: Endpoint): void;
  build(endpoints: readonly Endpoint[], options: Options): JsonObject;
}
