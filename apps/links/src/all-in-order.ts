/** Makes several checks at once. Whichever of them fails first, the failure is that of the first in the list. */
export async function allInOrder(...checks: Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(checks)) if (result.status === 'rejected') throw result.reason;
}
