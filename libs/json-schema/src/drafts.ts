import { Ajv, type Options } from 'ajv';
import ajvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';

/**
 * Nothing is loaded from other places: a `$ref` to another document is an error. References are not inlined where they
 * are used; otherwise a short schema could become a program of any length.
 */
const options: Options = { allErrors: true, strict: false, logger: false, inlineRefs: false };

const drafts: Readonly<Record<string, (options: Options) => Ajv>> = {
  'json-schema.org/draft-04/schema': (given) => new ajvDraft04.default(given),
  // Draft-07 has all the keywords of draft-06, and a few more.
  'json-schema.org/draft-06/schema': (given) => new Ajv(given),
  'json-schema.org/draft-07/schema': (given) => new Ajv(given),
  'json-schema.org/draft/2019-09/schema': (given) => new Ajv2019(given),
  'json-schema.org/draft/2020-12/schema': (given) => new Ajv2020(given),
};

/** The validator for the draft that `$schema` names; undefined for an unknown draft. */
export function createChecker($schema: unknown): Ajv | undefined {
  if (typeof $schema !== 'string') return undefined;
  const name = $schema.replace(/^https?:\/\//, '').replace(/#$/, '');
  const create = Object.hasOwn(drafts, name) ? drafts[name] : undefined;
  if (create === undefined) return undefined;
  const checker = create(options);
  addFormats.default(checker);
  return checker;
}
