import { realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { UserError } from './errors.js'

/**
 * The real path of a file that a model's file names, which must be in the model's own folder; links count where they lead.
 *
 * @param what the file is, as in "external data".
 * @throws UserError when it is outside, or not there.
 */
export function insideFolder(location: string, folder: string, what: string): string {
  const root = realpathSync(folder)
  const named = join(root, location)
  const path = isInside(named, root) ? realPath(named) : named
  if (path === undefined)
    throw new UserError(`Expected the model's ${what} at ${join(folder, location)}, found nothing there. Copy it beside the model.`)
  if (isInside(path, root)) return path
  throw new UserError(`Expected the model's ${what} inside ${folder}, found it at ${path}. Only files beside the model are read.`)
}

const isInside = (path: string, root: string) => path.startsWith(root.endsWith(sep) ? root : root + sep)

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
