/**
 * A resolver for a document whose references all point into itself: the platform's own. swagger-ui's takes an OpenAPI 3.1
 * document apart as a whole, for seconds, each time an operation is opened.
 * @returns {(path: string[]) => unknown} the part at the path with its references replaced; a schema inside itself ends there
 */
export function createResolver(document) {
  const known = new Map();

  const target = (reference) => at(document, reference.slice(2).split('/').map((piece) => piece.replaceAll('~1', '/').replaceAll('~0', '~')));

  const resolve = (value, within) => {
    if (Array.isArray(value)) return value.map((one) => resolve(one, within));
    if (typeof value !== 'object' || value === null) return value;
    const reference = value.$ref;
    if (typeof reference !== 'string' || !reference.startsWith('#/')) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one, within)]));
    if (within.includes(reference)) return {};
    // A part met inside another may have been cut short there.
    if (within.length > 0) return resolve(target(reference), [...within, reference]);
    if (!known.has(reference)) known.set(reference, resolve(target(reference), [reference]));
    return known.get(reference);
  };
  return (path) => resolve(at(document, path), []);
}

function at(value, path) {
  return path.reduce((part, key) => part?.[key], value);
}
