import { percentEncode } from '@platform/runtime';

type Parameter = readonly [name: string, value: string];

/**
 * The signature base string of RFC 5849, 3.4.1.
 * @param base_uri scheme, host, port (unless it is the scheme's default) and path, as section 3.4.1.2 requires
 * @param parameters decoded, from the header, the query and a form; without the realm and the signature
 */
export function baseString(verb: string, base_uri: string, parameters: Iterable<Parameter>): string {
  const encoded = [...parameters]
    .map(([name, value]): Parameter => [percentEncode(name), percentEncode(value)])
    .sort(inOrder);
  return [verb.toUpperCase(), base_uri, encoded.map((pair) => pair.join('=')).join('&')].map(percentEncode).join('&');
}

/** Sorts by the bytes of the encoded name, then of the encoded value. */
function inOrder(left: Parameter, right: Parameter): number {
  const [a, b] = left[0] === right[0] ? [left[1], right[1]] : [left[0], right[0]];
  return a < b ? -1 : a > b ? 1 : 0;
}
