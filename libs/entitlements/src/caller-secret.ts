/**
 * The secrets in CALLER_SECRET: one, or two with a comma between them. The first signs, both are accepted: so processes can be
 * given a new one while others still have the old one.
 */
export function secretsOf(caller_secret: string): readonly [string, ...string[]] {
  return caller_secret.split(',') as [string, ...string[]];
}
