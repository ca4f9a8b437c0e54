import { gzipSync } from 'node:zlib'

/** An entry of a tar archive: a file unless its type says otherwise (1 link, 2 symbolic link, 3 device, 5 folder). */
export interface TarEntry {
  readonly name: string
  readonly content?: string | Uint8Array
  readonly type?: '0' | '1' | '2' | '3' | '5'
  readonly target?: string
}

/** A .tar.gz as any tar writes it, and such as none would: nothing is checked. Format: POSIX.1-1988 ustar. */
export function tarGz(entries: readonly TarEntry[]): Buffer {
  return gzipSync(Buffer.concat([...entries.map(blocksOf), Buffer.alloc(1024)]))
}

function blocksOf({ name, content = '', type = '0', target = '' }: TarEntry): Buffer {
  const bytes = Buffer.from(content)
  const header = Buffer.alloc(512)
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`
  header.write(name, 0)
  header.write(octal(0o777, 7), 100)
  header.write(octal(bytes.length, 11), 124)
  header.write(octal(0, 11), 136)
  header.fill(' ', 148, 156)
  header.write(type, 156)
  header.write(target, 157)
  header.write('ustar\x0000', 257, 'latin1')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 6)} `, 148)
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}
