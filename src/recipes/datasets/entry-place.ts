import { join } from 'node:path'

/**
 * Where an archive's file goes below `folder`; undefined for one that is left out: hidden files, and what systems leave in archives.
 *
 * Everything must lie in the archive's `root`, which is taken off. Names are compared as they are written: nothing is resolved.
 *
 * @throws Error for a name that could lead out of the folder, or is none on some system.
 */
export function entryPlace(name: string, root: string, folder: string): string | undefined {
  const parts = name.replace(/^(\.\/)+/, '').split('/')
  // Backslashes part names on Windows, colons name drives and streams; a leading / gives an empty first part.
  const isUnsafe = parts.some((part) => part === '' || part === '..' || part === '.' || /[\\:\p{Cc}]/u.test(part))
  if (isUnsafe) throw new Error(`a file named ${JSON.stringify(name)}, which could lead out of the folder`)
  if (parts.some((part) => part.startsWith('.')) || parts[0] === '__MACOSX') return undefined
  const [first, ...rest] = parts
  if (first !== root || rest.length === 0) throw new Error(`a file named ${JSON.stringify(name)}, where all should be in ${root}/`)
  return join(folder, ...rest)
}
