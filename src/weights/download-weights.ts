import { rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { UserError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { compareChecksum, describeChecksum } from './checksum.js'
import { fetchToFile, type Progress, RefusedDownload } from './fetch-to-file.js'
import { claimPart, leavePart } from './part-file.js'
import { putAside } from './put-aside.js'
import type { WeightSource } from './weight-source.js'

export interface DownloadOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** How often a broken connection is tried again. Default 3. */
  readonly retries?: number
  /** Before each new try, in milliseconds. Default 1000. */
  readonly pause?: number
  /** A connection on which nothing arrives for so many milliseconds counts as broken. Default 60,000. */
  readonly patience?: number
}

/**
 * Downloads official weights into a folder and checks them. What has arrived of a broken download is kept, and gone on with by the next.
 *
 * @returns the path of the file, which only ever exists whole and with the right checksum.
 * @throws UserError when the checksum is wrong (the file is kept aside as `FILE.rejected`); any other error when it cannot be had.
 */
export async function downloadWeights(source: WeightSource, folder: string, options: DownloadOptions = {}): Promise<string> {
  const path = join(folder, source.file)
  makeFolder(folder)
  const part = await claimPart(folder, source.file)
  try {
    await fetchWithRetries(source, part, options)
    await check(source, part, path)
    await rename(part, path)
    return path
  } catch (error) {
    if (error instanceof RefusedDownload) await rm(part, { force: true })
    throw error
  } finally {
    await leavePart(part, folder, source.file)
  }
}

async function fetchWithRetries(source: WeightSource, part: string, options: DownloadOptions): Promise<void> {
  const { onProgress, signal, patience, retries = 3, pause = 1000 } = options
  const { maxBytes } = source
  for (let tried = 0; ; tried++) {
    if (!source.checksum) await rm(part, { force: true }) // nothing would tell whether old and new bytes belong together
    try {
      return await fetchToFile(source.url, part, { maxBytes, onProgress, signal, patience })
    } catch (error) {
      const isFinal = error instanceof RefusedDownload || signal?.aborted || tried >= retries || (await isEmpty(part))
      if (isFinal) throw error
      await wait(pause, undefined, signal ? { signal } : {})
    }
  }
}

/** Where nothing ever arrived there is no connection to speak of. */
async function isEmpty(part: string): Promise<boolean> {
  return stat(part).then(
    ({ size }) => size === 0,
    () => true,
  )
}

async function check({ checksum, file }: WeightSource, part: string, path: string): Promise<void> {
  if (!checksum) return
  const { matches, found } = await compareChecksum(part, checksum)
  if (matches) return
  const rejected = await putAside(part, path)
  throw new UserError(
    `Expected the download of ${file} to match its checksum (${describeChecksum(checksum)}), got ${found}. It is kept as ${rejected} and never used. Try again, or fetch the file another way.`,
  )
}
