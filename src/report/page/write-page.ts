import { dirname } from 'node:path'
import { clauseOf, UserError } from '../../base/errors.js'
import { makeFolder } from '../../base/make-folder.js'
import { writeAtomic } from '../../base/write-atomic.js'
import { type Page, page } from './page.js'

/**
 * Writes a page as one HTML file, making its folder.
 *
 * @throws UserError where it cannot be written.
 */
export async function writePage(file: string, content: Page): Promise<void> {
  const text = page(content)
  try {
    makeFolder(dirname(file))
    await writeAtomic(file, text)
  } catch (error) {
    throw new UserError(`Expected to write the page ${file}, but that is not possible: ${clauseOf(error)}. Name another file with --out.`)
  }
}
