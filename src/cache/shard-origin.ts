import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { arrow } from './arrow.js'

/** `ARROW1`, after padding at a file's beginning and after the footer's length at its end. */
const magic = Buffer.from('ARROW1')
const tailBytes = 4 + magic.length

/**
 * What made the codes of a shard, by its metadata's `made`, empty where that is not known. Only the file's footer is read and
 * nothing is checked; undefined where the file is gone or has none.
 */
export function shardOrigin(path: string): string | undefined {
  try {
    const footer = readFooter(path)
    // A file without its batches: the schema is told by the footer alone.
    const file = Buffer.concat([magic, Buffer.alloc(2), footer])
    return arrow().RecordBatchReader.from(file).open().schema.metadata.get('made') ?? ''
  } catch {
    return undefined
  }
}

/** The footer with what follows it. */
function readFooter(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const tail = Buffer.alloc(tailBytes)
    readSync(file, tail, 0, tailBytes, size - tailBytes)
    const length = tail.readUInt32LE(0) + tailBytes
    if (length > size) throw new Error('Expected a footer in an Arrow file')
    const footer = Buffer.alloc(length)
    readSync(file, footer, 0, footer.length, size - footer.length)
    return footer
  } finally {
    closeSync(file)
  }
}
