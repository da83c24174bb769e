/** What a client signs with. */
export interface Signing {
  readonly consumer_key: string;
  readonly consumer_secret: string;
  readonly token?: string;
  readonly token_secret?: string;
  /** Default HMAC-SHA1. */
  readonly method?: 'HMAC-SHA1' | 'HMAC-SHA256';
  readonly realm?: string;
  /** A form in the body. */
  readonly form?: string;
  /** Parameters of the header besides the usual ones, or in their place. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** The Authorization header of a request. */
export function authorization(verb: string, address: string, signing: Signing): string;
