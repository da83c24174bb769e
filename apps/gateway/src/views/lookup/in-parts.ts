/** gRPC's RESOURCE_EXHAUSTED: the answer is longer than a client takes. */
const tooLong = 8;

/**
 * Asks for many records in one call. Should they be so long that one message does not hold them, the halves are asked
 * for instead.
 */
export async function inParts<Key, Value>(
  keys: readonly Key[],
  ask: (keys: readonly Key[]) => Promise<readonly Value[]>,
): Promise<readonly Value[]> {
  try {
    return await ask(keys);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== tooLong || keys.length < 2) throw error;
  }
  const middle = Math.ceil(keys.length / 2);
  const halves = await Promise.all([inParts(keys.slice(0, middle), ask), inParts(keys.slice(middle), ask)]);
  return halves.flat();
}
