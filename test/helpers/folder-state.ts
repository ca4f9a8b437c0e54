import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Every entry below a folder with its mtime and, for files, the digest of its bytes: equal means untouched. */
export function folderState(folder: string): Record<string, string> {
  const names = ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })].sort()
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name)
      const { mtimeNs } = statSync(path, { bigint: true })
      const content = statSync(path).isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder'
      return [name, `${mtimeNs} ${content}`]
    }),
  )
}
