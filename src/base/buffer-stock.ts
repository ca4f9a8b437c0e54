/** Buffers that are kept at most; older ones go. */
const most = 8

/** Memory to be used again. Fresh memory costs as much as filling it, since the system hands it out page by page. */
export class BufferStock {
  readonly #buffers: ArrayBuffer[] = []

  /** A buffer of at least so many bytes, their content left over from before. */
  take(bytes: number): ArrayBuffer {
    const fitting = this.#buffers.filter(({ byteLength }) => byteLength >= bytes)
    const [smallest] = fitting.sort((a, b) => a.byteLength - b.byteLength)
    if (!smallest) return new ArrayBuffer(bytes)
    this.#buffers.splice(this.#buffers.indexOf(smallest), 1)
    return smallest
  }

  /** Gives buffers back, which nobody uses any more. */
  give(buffers: readonly ArrayBuffer[]): void {
    this.#buffers.push(...buffers)
    this.#buffers.splice(0, Math.max(0, this.#buffers.length - most))
  }
}
