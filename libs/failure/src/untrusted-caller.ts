/**
 * A peer's assertion is not accepted. This is not a failure of the contract: it is the platform's fault, and a client
 * that received it would believe that it is logged out.
 */
export class UntrustedCaller extends Error {
  constructor() {
    super('the caller assertion is not valid');
    this.name = 'UntrustedCaller';
  }
}
