/** What a timer can hold: 24 days. A longer one fires at once. */
const longest_ms = 2 ** 31 - 1;

/** Milliseconds in each unit of a `grpc-timeout`. */
const unit_ms: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** A `grpc-timeout` as long as a timer can hold, for servers that count on one. What is no timeout stays as it is. */
export function boundTimeout(header: string): string {
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(header) ?? [];
  return Number(digits) * (unit_ms[unit] ?? 0) > longest_ms ? `${Math.floor(longest_ms / 1_000)}S` : header;
}

/** The same for Connect's header, which is in milliseconds. */
export function boundTimeoutMs(header: string): string {
  return /^\d{1,10}$/.test(header) && Number(header) > longest_ms ? String(longest_ms) : header;
}
