import { ObpFailure } from '@platform/failure';

/** What a call is refused with: the text a client sees. @throws what is no such failure, or when the call was not refused */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ObpFailure) return error.message;
    throw error;
  }
  throw new Error('the call was not refused');
}
