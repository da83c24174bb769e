/**
 * A peer's assertion does not count. It is no failure of the contract: it is the platform's fault, and a client that were
 * told of it would take itself for logged out.
 */
export class UntrustedCaller extends Error {
  constructor() {
    super('the caller assertion is not valid');
    this.name = 'UntrustedCaller';
  }
}
