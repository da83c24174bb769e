/** The longest time a timer can hold: 24 days. A longer one fires at once. */
const longest_ms = 2 ** 31 - 1;

/** Milliseconds in each unit of a `grpc-timeout`. */
const unit_ms: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** The most digits that gRPC allows. Some clients send more: grpc-web uses milliseconds only. */
const maxDigits = 8;

/**
 * Limits a `grpc-timeout` to the digits that gRPC allows and to what a timer can hold, for servers that rely on both.
 * Any other text is returned unchanged.
 */
export function boundTimeout(header: string): string {
  const [, digits = '', unit = ''] = /^(\d+)([HMSmun])$/.exec(header) ?? [];
  const ms = Number(digits) * (unit_ms[unit] ?? 0);
  return ms > longest_ms || digits.length > maxDigits ? inFewDigits(Math.min(ms, longest_ms)) : header;
}

function inFewDigits(ms: number): string {
  return ms < 10 ** maxDigits ? `${Math.floor(ms)}m` : `${Math.floor(ms / 1_000)}S`;
}

/** The same for Connect's header, which is in milliseconds. */
export function boundTimeoutMs(header: string): string {
  return /^\d+$/.test(header) ? String(Math.min(Number(header), longest_ms)) : header;
}
