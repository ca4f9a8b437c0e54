import { rename } from 'node:fs/promises'
import { pathState } from './path-state.js'

/** Renames a wrong weight file to `FILE.rejected`, or `FILE.rejected-2` and so on where earlier ones lie; returns its new path. */
export async function putAside(path: string, file = path): Promise<string> {
  let aside = `${file}.rejected`
  for (let number = 2; (await pathState(aside)) !== 'nothing'; number++) aside = `${file}.rejected-${number}`
  await rename(path, aside)
  return aside
}
