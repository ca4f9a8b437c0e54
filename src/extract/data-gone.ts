import { readdirSync } from 'node:fs'
import { isInBucket } from '../base/bucket-address.js'
import { messageOf, UserError } from '../base/errors.js'

/**
 * Why the files of a data folder cannot be read any more, where the reason is that all of it is gone: deleted, or on a disk that
 * was taken out. Its files did not become bad then.
 */
export function dataGone(root: string): UserError | undefined {
  if (isInBucket(root)) return undefined // its listing was there a moment ago; each object tells its own reason
  const found = lost(root)
  if (found === undefined) return undefined
  return new UserError(
    `Expected the images to stay in ${root} while they are coded, found ${found}. Bring them back and run the same command again; finished work is kept.`,
  )
}

function lost(root: string): string | undefined {
  try {
    return readdirSync(root).length === 0 ? 'that it is empty now' : undefined // as the place of a disk is once that is taken out
  } catch (error) {
    return messageOf(error)
  }
}
