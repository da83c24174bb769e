declare module 'negotiator' {
  /** Reads the Accept headers of a request. */
  class Negotiator {
    constructor(request: { readonly headers: Readonly<Record<string, string | string[] | undefined>> });
    /** The encoding in `available` that the client prefers; among equals, the first in `preferred`. */
    encoding(available: readonly string[], options: { readonly preferred: readonly string[] }): string | undefined;
  }
  export = Negotiator;
}
