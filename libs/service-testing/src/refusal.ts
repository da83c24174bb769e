import { ObpFailure } from '@platform/failure';

/**
 * The text with which a call is refused, as a client sees it. @throws any other error, and an error when the call was
 * not refused
 */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ObpFailure) return error.message;
    throw error;
  }
  throw new Error('the call was not refused');
}
