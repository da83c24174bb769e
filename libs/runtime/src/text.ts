/** The entries of a list in a setting or a query, "a, b"; empty entries are left out. */
export function commaList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** RFC 5849, 3.6: encodes everything except letters, digits, "-", ".", "_" and "~". */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
