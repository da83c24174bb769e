/**
 * The secrets in CALLER_SECRET: one, or two separated by a comma. The first signs, both are accepted, so a new secret
 * can be given to one process after the other.
 */
export function secretsOf(caller_secret: string): readonly [string, ...string[]] {
  return caller_secret.split(',') as [string, ...string[]];
}
