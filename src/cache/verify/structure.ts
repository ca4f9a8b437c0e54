import { accessSync, constants, lstatSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isAbandoned } from '../../base/temporary-name.js'
import type { Problem } from './problem.js'
import type { VerifyScope, VerifyStep } from './scope.js'

/** The folder's layout: that everything can be read, and what does not belong there. */
export const structure: VerifyStep = { name: 'structure', run: checkStructure }

function checkStructure({ codes, listing }: VerifyScope): Problem[] {
  const { shards, temporary, damaged, unknown, unreadable } = listing
  return [
    ...unreadable.map(({ path, reason }): Problem => ({ file: path, kind: 'bad', reason: `the folder cannot be listed: ${reason}` })),
    ...shards.flatMap(({ path }) => (isForbidden(join(codes, path)) ? forbidden(path) : [])),
    ...temporary.flatMap((path) => (isAbandoned(basename(path)) ? abandoned(path) : [])),
    ...damaged.map((file): Problem => ({ file, kind: 'strange', reason: 'a repair put it aside; delete it when you do not miss it' })),
    ...unknown
      .filter((path) => isThere(join(codes, path)))
      .map((file): Problem => ({ file, kind: 'strange', reason: 'it is no file of the cache' })),
  ]
}

const forbidden = (file: string): Problem => ({ file, kind: 'bad', reason: 'its permissions forbid to read it' })
const abandoned = (file: string): Problem => ({ file, kind: 'leftover', reason: 'its writer is gone', mend: 'clear' })

/** Whether a file is there that this process must not read; such a one is not damaged. */
export function isForbidden(path: string): boolean {
  return isThere(path) && !may(() => accessSync(path, constants.R_OK))
}

const isThere = (path: string) => may(() => lstatSync(path))

function may(action: () => unknown): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}
