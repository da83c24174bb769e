import type { Endpoint } from '../endpoint.js';
import type { JsonObject } from './json.js';

/** Makes documents of one kind. What it has computed of an operation serves every version and filter. */
export interface DocumentBuilder<Options> {
  /** Computes what documents will need of an operation, so that a document can be prepared piece by piece. */
  prepare(endpoint: Endpoint): void;
  build(endpoints: readonly Endpoint[], options: Options): JsonObject;
}
