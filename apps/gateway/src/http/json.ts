/** A number, kept as text: an amount of 10.10 must not become 10.1. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** Objects are maps, so a key such as __proto__ is an ordinary key. */
export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** The value as JSON.parse would give it: numbers as the nearest double. */
export function toPlain(value: Json | undefined): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...(value as JsonObject)].map(([key, member]) => [key, toPlain(member)]));
  if (Array.isArray(value)) return (value as readonly Json[]).map(toPlain);
  return value instanceof JsonNumber ? Number(value.text) : value;
}

/** Why a text is not acceptable JSON. */
export class JsonFault extends Error {}

const maxDepth = 32;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const plainString = /"[^"\\\u0000-\u001f]*"/y;
const anyString = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const blank = /[ \t\r\n]*/y;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a body. Stricter than JSON.parse: duplicate keys, more than 32 levels, NUL, a lone surrogate, bytes that are
 * not UTF-8 and text after the value are errors.
 * @returns undefined for an empty body
 * @throws JsonFault
 */
export function readJson(bytes: Uint8Array): Json | undefined {
  const text = decode(bytes);
  const reader = new Reader(text);
  reader.skipBlank();
  if (reader.atEnd()) return undefined;
  const value = reader.value(1);
  reader.skipBlank();
  if (!reader.atEnd()) reader.refuse('unexpected text after the value');
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new JsonFault('the body is not UTF-8');
  }
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  atEnd(): boolean {
    return this.at >= this.text.length;
  }

  skipBlank(): void {
    blank.lastIndex = this.at;
    blank.test(this.text);
    this.at = blank.lastIndex;
  }

  refuse(reason: string): never {
    throw new JsonFault(`${reason} at position ${this.at}`);
  }

  value(depth: number): Json {
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonObject {
    const members = new Map<string, Json>();
    this.items(depth, '}', () => {
      if (this.text[this.at] !== '"') this.refuse('expected a key');
      const key = this.string();
      if (members.has(key)) this.refuse('a key is given twice');
      this.skipBlank();
      this.expect(':');
      this.skipBlank();
      members.set(key, this.value(depth + 1));
    });
    return members;
  }

  private array(depth: number): Json[] {
    const items: Json[] = [];
    this.items(depth, ']', () => void items.push(this.value(depth + 1)));
    return items;
  }

  private items(depth: number, end: string, one: () => void): void {
    if (depth > maxDepth) this.refuse(`more than ${maxDepth} levels`);
    this.at += 1;
    this.skipBlank();
    if (this.text[this.at] === end) {
      this.at += 1;
      return;
    }
    for (;;) {
      one();
      this.skipBlank();
      if (this.text[this.at] === end) break;
      this.expect(',');
      this.skipBlank();
    }
    this.at += 1;
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) this.refuse(`expected "${character}"`);
    this.at += 1;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.refuse('unexpected character');
    this.at += word.length;
    return value;
  }

  private number(): JsonNumber {
    return new JsonNumber(this.match(number, 'unexpected character'));
  }

  private string(): string {
    plainString.lastIndex = this.at;
    if (plainString.test(this.text)) {
      const start = this.at + 1;
      this.at = plainString.lastIndex;
      return this.text.slice(start, this.at - 1);
    }
    const value = JSON.parse(this.match(anyString, 'not a string')) as string;
    if (value.includes('\0')) this.refuse('a string must not contain the NUL character');
    if (/[\ud800-\udfff]/u.test(value)) this.refuse('a string must not contain a lone surrogate');
    return value;
  }

  private match(pattern: RegExp, otherwise: string): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return this.refuse(otherwise);
    this.at = pattern.lastIndex;
    return found[0];
  }
}
