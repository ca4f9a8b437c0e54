/** The slice of tar-stream that is used; the package has no types of its own. */
declare module 'tar-stream' {
  import type { Readable, Writable } from 'node:stream'

  export interface Header {
    readonly name: string
    /** file, directory, symlink, link, character-device, block-device, fifo, contiguous-file. */
    readonly type: string
    /** Bytes of the entry. */
    readonly size: number
  }

  /** Reads a tar archive; each entry's stream is to be read to its end before `next`. */
  export function extract(): Writable & {
    on(event: 'entry', listener: (header: Header, stream: Readable, next: (error?: unknown) => void) => void): unknown
  }
}
