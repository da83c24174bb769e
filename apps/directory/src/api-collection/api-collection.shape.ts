import { fail } from '@platform/failure';
import { type ApiCollection, Failure } from '@platform/messages';

export function apiCollection({
  api_collection_id,
  user_id,
  api_collection_name,
  is_sharable,
  description,
}: ApiCollection): ApiCollection {
  return { api_collection_id, user_id, api_collection_name, is_sharable, description };
}

/** Whether a text of a path can be stored at all; nothing can have any other name. */
export function isText(text: string): boolean {
  return text.length <= 510 && !text.includes('\0');
}

/** @throws ObpFailure OBP-30079 */
export function collectionUnknown(what: 'API_COLLECTION_ID' | 'API_COLLECTION_NAME', value: string): never {
  return fail(Failure.FAILURE_API_COLLECTION_NOT_FOUND, ` Current ${what}(${value})`);
}
