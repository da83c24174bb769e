import type { ErrorObject } from 'ajv';

/** The most details in one response; further faults show when these are corrected. */
const maxDetails = 50;

/** The faults in OBP's wording, e.g. "$.id: string found, integer expected"; in Ajv's where OBP has none. */
export function detailsOf(errors: readonly ErrorObject[], root: unknown): string[] {
  return errors.slice(0, maxDetails).map((error) => detailOf(error, root));
}

function detailOf({ instancePath, keyword, params, message = 'is not valid' }: ErrorObject, root: unknown): string {
  const keys = keysOf(instancePath);
  const { type, limit, pattern, allowedValues, missingProperty } = params as Partial<Record<string, unknown>>;
  switch (keyword) {
    case 'required':
      return `${pathOf([...keys, String(missingProperty)], root)}: is missing but it is required`;
    case 'type':
      return `${pathOf(keys, root)}: ${kindOf(valueAt(root, keys))} found, ${listed(type)} expected`;
    case 'enum':
      return `${pathOf(keys, root)}: does not have a value in the enumeration [${(allowedValues as unknown[]).map(shown).join(', ')}]`;
    case 'pattern':
      return `${pathOf(keys, root)}: does not match the regex pattern ${String(pattern)}`;
    case 'minimum':
    case 'maximum':
      return `${pathOf(keys, root)}: must have a ${keyword} value of ${String(limit)}`;
    default:
      return `${pathOf(keys, root)}: ${message}`;
  }
}

/** The keys of a JSON pointer. */
function keysOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The path in OBP's form: $.addresses[0].city */
function pathOf(keys: readonly string[], root: unknown): string {
  return keys.reduce(
    (path, key, index) => path + (Array.isArray(valueAt(root, keys.slice(0, index))) ? `[${key}]` : `.${key}`),
    '$',
  );
}

function valueAt(root: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    root,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

function listed(type: unknown): string {
  return Array.isArray(type) ? `[${type.join(', ')}]` : String(type);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
