/** gRPC's RESOURCE_EXHAUSTED: the response is longer than a client accepts. */
const tooLong = 8;

/** Asks for many records in one call. If they do not fit into one message, asks for each half instead. */
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
