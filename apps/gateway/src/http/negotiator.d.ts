declare module 'negotiator' {
  /** Reads the Accept headers of a request. */
  class Negotiator {
    constructor(request: { readonly headers: Readonly<Record<string, string | string[] | undefined>> });
    /** The one of `available` that the client wants most; of equals the first of `preferred`. */
    encoding(available: readonly string[], options: { readonly preferred: readonly string[] }): string | undefined;
  }
  export = Negotiator;
}
