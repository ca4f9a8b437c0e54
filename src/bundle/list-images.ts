import { readdirSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { escapePath, glob, isDynamicPattern } from 'tinyglobby'
import { messageOf, UserError } from '../base/errors.js'
import { litter } from '../images/scan-folder.js'

/**
 * The files that paths mean, each once, in the order of the paths: a file, a folder (all files below it, in the order of their names, hidden
 * ones passed over), or a pattern such as `photos/**` + `/*.jpg`. A path that is there is taken as it is, whatever signs are in its name.
 *
 * @throws UserError where a path is not there, a pattern fits nothing, or nothing is left.
 */
export async function listImages(paths: readonly string[]): Promise<string[]> {
  const files = new Set<string>()
  for (const path of paths) for (const file of await filesOf(path)) files.add(file)
  if (files.size === 0) throw new UserError('Expected images, found none in what was given. Give files, folders or patterns.', 2)
  return [...files]
}

async function filesOf(path: string): Promise<readonly string[]> {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats) return stats.isDirectory() ? filesBelow(path) : [path]
  if (!isDynamicPattern(path)) throw new UserError(`Expected an image, a folder or a pattern, found nothing at ${path}. Check the path.`, 2)
  const found = await glob(path, { absolute: isAbsolute(path), onlyFiles: false, expandDirectories: false })
  const files = found.sort().flatMap((each) => (each.endsWith('/') ? filesBelow(each.slice(0, -1)) : [each]))
  if (files.length > 0) return files
  throw new UserError(
    `Expected files that fit ${path}, found none. Check the pattern; ${escapePath(path)} means a file of that very name.`,
    2,
  )
}

function filesBelow(folder: string): string[] {
  const entries = entriesOf(folder).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    const isFolder = entry.isSymbolicLink() ? (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false) : entry.isDirectory()
    if (!isFolder) return [path]
    return entry.isSymbolicLink() ? linked(path) : filesBelow(path)
  })
}

/** A linked folder's own files; links further down are not followed, which ends circles. */
function linked(folder: string): string[] {
  return entriesOf(folder)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return linked(join(folder, entry.name))
      return entry.isFile() ? [join(folder, entry.name)] : []
    })
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.') && !litter.has(name))
  } catch (error) {
    throw new UserError(
      `Expected to read the folder ${folder}, but that is not possible: ${messageOf(error)}. Change its permissions, or leave it out.`,
    )
  }
}
