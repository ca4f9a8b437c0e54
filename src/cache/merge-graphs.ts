import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readContentFile, writeContentFile } from '../base/content-file.js'
import { cachePaths } from './paths.js'

export interface MergedGraphs {
  /** Built and calibrated networks that were taken. */
  readonly graphs: number
  /** int8 networks that both caches have calibrated, each on other images: this one's stay, and codes of both are kept apart. */
  readonly otherCalibrations: number
}

/**
 * Takes the networks that another cache has built or calibrated, where this one has none: without the calibrated one int8 codes could
 * not be added to. Nothing is overwritten; a file that is not what its name says is left.
 */
export async function mergeGraphs(cache: string, source: string): Promise<MergedGraphs> {
  let [graphs, otherCalibrations] = [0, 0]
  for (const { folder, start } of await graphPlaces(source)) {
    const place = (of: string) => ({ folder: join(cachePaths(of).models, folder), start, end: '.onnx' })
    const theirs = await readContentFile(place(source), { removeDamaged: false })
    if (!theirs) continue
    const ours = await readContentFile(place(cache))
    if (!ours) {
      await writeContentFile(place(cache), theirs.bytes)
      graphs++
    } else if (folder.startsWith('int8') && ours.digest !== theirs.digest) {
      otherCalibrations++
    }
  }
  return { graphs, otherCalibrations }
}

/** Networks are kept as FOLDER-vN/START-SHA256.onnx. */
async function graphPlaces(cache: string): Promise<{ folder: string; start: string }[]> {
  const { models } = cachePaths(cache)
  const folders = (await namesIn(models)).filter((name) => /^[a-z0-9]+-v\d+$/.test(name))
  const places = await Promise.all(
    folders.map(async (folder) =>
      (await namesIn(join(models, folder))).flatMap((name) => {
        const [, start] = /^(.+)-[0-9a-f]{64}\.onnx$/.exec(name) ?? []
        return start === undefined ? [] : [{ folder, start }]
      }),
    ),
  )
  return places.flat()
}

/** The names in a folder in their order; none where there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).sort()
}
