import type { ValidateFunction } from 'ajv';
import { detailsOf } from './details.js';
import { createChecker } from './drafts.js';
import { withinTime } from './time-limit.js';

const maxCharacters = 100_000;
const mandatory = ['$schema', 'type', 'title', 'description', 'required', 'properties'];
const compile_ms = 2_000;
/**
 * The most time for checking one body against a schema that an administrator has set: the process does nothing else
 * meanwhile.
 */
const check_ms = 50;
/** After a check has used up its time, its schema is not used for this long. */
const pause_ms = 2_000;

/** The faults of a schema that a caller wants to set; none when bodies can be checked by it. */
export function checkSchema(schema: unknown): string[] {
  if (!isObject(schema)) return ['$: a JSON object is expected'];
  const missing = mandatory
    .filter((key) => !Object.hasOwn(schema, key))
    .map((key) => `$.${key}: is missing but it is required`);
  if (missing.length > 0) return missing;
  const checker = createChecker(schema['$schema']);
  if (checker === undefined)
    return ['$.$schema: must name draft-04, draft-06, draft-07, 2019-09 or 2020-12 of JSON Schema'];
  try {
    if (JSON.stringify(schema).length > maxCharacters)
      return [`$: must not be longer than ${maxCharacters} characters`];
    const plain = withoutDraft(schema);
    const done = withinTime(compile_ms, () => {
      if (checker.validateSchema(plain) !== true) return detailsOf(checker.errors ?? [], schema);
      checker.compile(plain);
      return [];
    });
    return done?.result ?? ['$: takes too long to compile'];
  } catch (error) {
    return [`$: ${reasonOf(error)}`];
  }
}

const tooLong = ['$: takes too long to check'];

/**
 * Prepares the checking of bodies by a schema without faults, see `checkSchema`. The schema is compiled at its first
 * use.
 * @returns a function from a parsed body to its faults
 */
export function compileSchema(schema: unknown, clock: () => number = Date.now): (body: unknown) => string[] {
  let validate: ValidateFunction | undefined;
  let paused_until = 0;
  return (body) => {
    if (clock() < paused_until) return tooLong;
    validate ??= withinTime(compile_ms, () => compiled(schema))?.result;
    const run = validate;
    if (run === undefined) return tooLong;
    const done = withinTime(check_ms, () => (run(body) === true ? [] : detailsOf(run.errors ?? [], body)));
    if (done === undefined) paused_until = clock() + pause_ms;
    return done?.result ?? tooLong;
  };
}

function compiled(schema: unknown): ValidateFunction {
  const checker = isObject(schema) ? createChecker(schema['$schema']) : undefined;
  if (checker === undefined) throw new Error('the schema has not been checked');
  checker.opts.validateSchema = false;
  return checker.compile(withoutDraft(schema as Record<string, unknown>));
}

/** The validator already knows its draft, and accepts only one spelling of the draft's name. */
function withoutDraft({ $schema: _draft, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Ajv's messages name what it cannot compile; the message of a stack overflow would not help. */
function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'is too deep';
  return error instanceof Error ? error.message.slice(0, 500) : 'cannot be compiled';
}
