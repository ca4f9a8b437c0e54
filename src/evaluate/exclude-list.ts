import { clauseOf, UserError } from '../base/errors.js'
import { writeAtomic } from '../base/write-atomic.js'

/**
 * Writes images to leave out as a list that `--exclude FILE` takes, below some lines of comment: the images stay where they are.
 *
 * @throws UserError where the file cannot be written, or a path cannot stand in a list.
 */
export async function writeExcludeList(file: string, paths: readonly string[], comments: readonly string[]): Promise<void> {
  const odd = paths.find((path) => path !== path.trim() || path.startsWith('#') || /[\r\n]/.test(path))
  if (odd !== undefined)
    throw new UserError(
      `Expected paths that can stand on a line of a list, found ${JSON.stringify(odd)}. Rename that file and run codes again.`,
    )
  const lines = [...comments.map((comment) => `# ${comment}`), ...paths, '']
  await writeAtomic(file, lines.join('\n')).catch((error: unknown) => {
    throw new UserError(`Expected to write the list ${file}, but that is not possible: ${clauseOf(error)}. Name another file with --apply.`)
  })
}
