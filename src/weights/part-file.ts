import { randomUUID } from 'node:crypto'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Nobody has written on a part for so long: its process is gone. */
const abandonedMilliseconds = 60_000

/**
 * The path of an unfinished download that this process alone writes on.
 *
 * Takes over what an earlier one left (`FILE.part`, or a part of its own name that is abandoned) by renaming it, which only one process can.
 */
export async function claimPart(folder: string, file: string): Promise<string> {
  const own = join(folder, `${file}.${randomUUID()}.part`)
  for (const left of await leftParts(folder, file)) {
    const isClaimed = await rename(left, own).then(
      () => true,
      () => false, // another process was faster
    )
    if (isClaimed) break
  }
  return own
}

/** Leaves what has arrived for the next download to go on with. */
export async function leavePart(part: string, folder: string, file: string): Promise<void> {
  const size = await stat(part).then(
    (status) => status.size,
    () => undefined, // it is finished or refused
  )
  if (size === 0) await rm(part)
  else if (size !== undefined) await rename(part, join(folder, `${file}.part`))
}

async function leftParts(folder: string, file: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${file}.`) && name.endsWith('.part'))
  const paths = names.map((name) => join(folder, name))
  const abandoned = await Promise.all(paths.map((path) => path === join(folder, `${file}.part`) || isAbandoned(path)))
  return paths.filter((_, at) => abandoned[at])
}

async function isAbandoned(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
  return mtimeMs + abandonedMilliseconds < Date.now()
}
