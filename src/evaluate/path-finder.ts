import { isAbsolute, posix, resolve, sep } from 'node:path'

/** Finds a data set's files by paths as people and other programs write them. */
export interface PathFinder {
  /** The file's path as the catalog has it: of a path below the data folder, or an absolute one in it; undefined where there is none. */
  find(written: string): string | undefined
  /** A file that may be meant by a path that was not found: its name in another folder, other letter case, another ending. */
  guess(written: string): string | undefined
}

/**
 * Paths may begin with ./ and hold ../; the folders may be parted by backslashes, and accents composed otherwise than in the file
 * system, where no file has just that name.
 *
 * @param paths of the files, below the data folder, with / between folders.
 * @param roots absolute paths by which the data folder goes: its real one, and as it was given.
 */
export function pathFinder(paths: readonly string[], roots: readonly string[]): PathFinder {
  const known = new Map(paths.map((path) => [path.normalize('NFC'), path]))
  for (const path of paths) known.set(path, path) // the very name comes before one that is composed alike
  const below = (written: string) => {
    const root = roots.map((folder) => folder + sep).find((folder) => isAbsolute(written) && resolve(written).startsWith(folder))
    return root === undefined ? posix.normalize(written) : resolve(written).slice(root.length).replaceAll(sep, '/')
  }
  const find = (written: string) => {
    const path = below(written)
    return known.get(path) ?? known.get(path.normalize('NFC'))
  }
  const byName = new Map<string, string>()
  for (const path of paths.toReversed()) for (const key of looseKeys(path)) byName.set(key, path)
  return {
    find: (written) => find(written) ?? (written.includes('\\') ? find(written.replaceAll('\\', '/')) : undefined),
    guess: (written) =>
      looseKeys(below(written.replaceAll('\\', '/')))
        .map((key) => byName.get(key))
        .find((path) => path !== undefined),
  }
}

/** What a path has in common with others that may be meant, the closest first: all but letter case, the name, the name without its ending. */
function looseKeys(path: string): string[] {
  const lower = path.normalize('NFC').toLowerCase()
  const name = posix.basename(lower)
  return [`path ${lower}`, `name ${name}`, `stem ${name.replace(/\.[^.]*$/, '')}`]
}
