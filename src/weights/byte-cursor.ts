/** Reads little-endian values one after another; going beyond the end throws. */
export class ByteCursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** The next bytes, not copied. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true)
  }

  /** @throws Error beyond 2⁵³. */
  uint64(): number {
    const value = this.#view.getBigUint64(this.#advance(8), true)
    if (value > Number.MAX_SAFE_INTEGER) throw new Error(`a length of ${value}`)
    return Number(value)
  }

  float64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8), false)
  }

  /** Text of this many bytes, UTF-8. */
  text(length: number): string {
    return new TextDecoder().decode(this.bytes(length))
  }

  /** The text before the next line feed, which is passed. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.#at)
    if (end < 0) throw new Error(`an end of data after ${this.#bytes.length} bytes, inside a line`)
    const text = this.text(end - this.#at)
    this.#advance(1)
    return text
  }

  #advance(length: number): number {
    const start = this.#at
    if (start + length > this.#bytes.length) {
      throw new Error(`an end of data after ${this.#bytes.length} bytes where ${length} more were due at byte ${start}`)
    }
    this.#at += length
    return start
  }
}
