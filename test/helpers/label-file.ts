import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from './temp-folder.js'

/** A new file of labels with this content: lines, or bytes as they are. */
export function labelFile(content: readonly string[] | Uint8Array): string {
  const file = join(tempFolder(), 'labels.csv')
  writeFileSync(file, content instanceof Uint8Array ? content : content.map((line) => `${line}\n`).join(''))
  return file
}
