/** A request that is not valid OAuth 1.0a, whatever its signature. */
export class OAuthFault extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'OAuthFault';
  }
}

/** @throws OAuthFault always */
export function faulty(reason: string): never {
  throw new OAuthFault(reason);
}
