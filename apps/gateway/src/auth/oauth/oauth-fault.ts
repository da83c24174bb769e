/** A request that OAuth 1.0a cannot understand; what it is signed with does not matter then. */
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
