/** The ORM writes the statement with its values before the error's text, and its detail after it. */
const named = /^.*constraint "([^"]+?)(?:_\d+)?"(?:\n - detail: .*)?$/s;

/**
 * The name of the constraint that an error says is violated. Of a distributed table it is the constraint of a shard: it
 * ends with the shard's number ("customer_number_unique_102008"), and only the error's text contains it.
 * @param error a unique or foreign key violation, which the ORM may have wrapped
 */
export function constraintOf(error: Error & { readonly constraint?: string }): string | undefined {
  return error.constraint ?? named.exec(error.message)?.[1];
}
