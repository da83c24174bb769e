const quote = 0x22;
const backslash = 0x5c;

/** The bytes that JSON strings contain unchanged; others are escaped, or are not ASCII. */
const plain = Uint8Array.from({ length: 256 }, (_, unit) =>
  Number(unit >= 0x20 && unit < 0x80 && unit !== quote && unit !== backslash),
);

/** Builds JSON as bytes, in one buffer that grows. */
export class JsonBuffer {
  private bytes = Buffer.allocUnsafeSlow(16_384);
  size = 0;

  raw(piece: Uint8Array): void {
    this.room(piece.length);
    const { bytes } = this;
    const { length } = piece;
    let to = this.size;
    // For a short piece, a native call costs more than this loop.
    for (let index = 0; index < length; index += 1) bytes[to++] = piece[index] as number;
    this.size = to;
  }

  byte(value: number): void {
    this.room(1);
    this.bytes[this.size] = value;
    this.size += 1;
  }

  /** Writes a value with JSON.stringify. */
  value(value: string | number): void {
    const text = JSON.stringify(value);
    this.room(text.length * 3);
    this.size += this.bytes.write(text, this.size);
  }

  /** Writes the UTF-8 string between `start` and `end`. */
  text(from: Buffer, start: number, end: number): void {
    this.room(end - start + 2);
    const { bytes } = this;
    let to = this.size;
    bytes[to++] = quote;
    for (let index = start; index < end; index += 1) {
      const unit = from[index] as number;
      // Node converts these, because the bytes may not be valid UTF-8.
      if (plain[unit] === 0) return this.value(from.toString('utf8', start, end));
      bytes[to++] = unit;
    }
    bytes[to++] = quote;
    this.size = to;
  }

  /** Returns the text written so far and empties the buffer. */
  take(): string {
    const text = this.bytes.toString('utf8', 0, this.size);
    this.size = 0;
    if (this.bytes.length > 1024 * 1024) this.bytes = Buffer.allocUnsafeSlow(16_384);
    return text;
  }

  private room(wanted: number): void {
    if (this.size + wanted <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.size + wanted));
    this.bytes.copy(grown, 0, 0, this.size);
    this.bytes = grown;
  }
}
