import type { Endpoint } from '../endpoint.js';
import { implementedBy } from './vocabulary.js';

/**
 * A name for each operation that is valid in programming languages; where two versions share a name, it includes the
 * version: "getAccountsV300".
 */
export function functionNames(endpoints: readonly Endpoint[]): (endpoint: Endpoint) => string {
  const counts = new Map<string, number>();
  for (const endpoint of endpoints) {
    const { function: name } = implementedBy(endpoint);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return (endpoint) => {
    const { function: name, version } = implementedBy(endpoint);
    return counts.get(name) === 1 ? name : `${name}V${version.replace(/\D/g, '')}`;
  };
}
