const single = new Set(['host', 'authorization', 'directlogin', 'content-type', 'content-length', 'if-none-match']);

/**
 * Whether a header comes twice that may come once. Node merges or drops those: which of two credentials counts must never be
 * a guess.
 * @param raw names and values by turns
 */
export function repeatsHeader(raw: readonly string[]): boolean {
  const seen = new Set<string>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    if (!single.has(name)) continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}
