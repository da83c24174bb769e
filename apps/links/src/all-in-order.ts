/** Runs several checks at the same time. If some fail, the failure of the first one in the list is thrown. */
export async function allInOrder(...checks: Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(checks)) if (result.status === 'rejected') throw result.reason;
}
