/** The entries of a list as settings and queries write it, "a, b"; empty ones are none. */
export function commaList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** RFC 5849, 3.6: all but letters, digits, "-", ".", "_" and "~" is encoded. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
