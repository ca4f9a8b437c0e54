import { readContentFile, sha256, writeContentFile } from '../base/content-file.js'
import { messageOf, UserError } from '../base/errors.js'
import { writeRemedy } from '../base/write-remedy.js'
import type { Leases } from '../cache/leases.js'
import { withLease } from '../cache/with-lease.js'
import { calibrateRanges } from '../engine/calibrate-ranges.js'
import { quantizeGraph } from '../graph/quantize.js'
import { writeOnnx } from '../graph/write-onnx.js'
import { type CalibrationFiles, calibrationBatches, calibrationImages } from './calibration-batches.js'
import { calibrationPlace, int8Twin, ownBits } from './kept-calibration.js'
import type { Target } from './target.js'
import { inputSetup } from './worker-setup.js'

export interface CalibrationJob extends CalibrationFiles {
  readonly cache: string
  /** Measure again though there is a calibrated graph. */
  readonly recalibrate: boolean
  /** The cache's leases, where the graph is to be kept; without them nothing is written. */
  readonly leases: Leases | undefined
  readonly signal: AbortSignal | undefined
  readonly onCalibrate: ((done: number, total: number) => void) | undefined
}

/**
 * The int8 twin of a float32 target: calibrated once on the user's images and kept, so that codes of later runs go with
 * those of earlier ones. Its fingerprint holds the calibrated graph's digest.
 */
export async function calibratedTarget(target: Target, job: CalibrationJob): Promise<Target> {
  const bits = ownBits()
  const place = calibrationPlace(target, job.cache, bits)
  const fail = (error: unknown): never => {
    throw notKept(place.folder, error)
  }
  const read = () => readContentFile(place, { removeDamaged: job.leases !== undefined }).catch(fail)
  const make = async () => {
    const bytes = await calibrate(target, bits, job)
    return { bytes, digest: job.leases ? await writeContentFile(place, bytes).catch(fail) : sha256(bytes) }
  }
  const kept = job.recalibrate ? undefined : await read()
  // Two processes that calibrate at once might make different graphs: the second one takes the first one's.
  const makeOnce = async () => (job.recalibrate ? undefined : await read()) ?? (await make())
  const once = { work: 'calibration', on: target.fingerprint, signal: job.signal }
  return int8Twin(target, kept ?? (await (job.leases ? withLease(job.leases, once, makeOnce) : make())))
}

/** Without the kept graph every run would make other codes. */
function notKept(folder: string, error: unknown): UserError {
  return new UserError(
    `Expected to read and write calibrated graphs in ${folder}, but that is not possible: ${messageOf(error)}. ${writeRemedy(error)}, or use --precision float32.`,
  )
}

/** Measures ranges on the user's images and quantizes; in this thread, with all cores. */
async function calibrate(target: Target, bits: 7 | 8, { signal, onCalibrate, ...files }: CalibrationJob): Promise<Uint8Array> {
  const { graph, name } = target.backbone
  let images = 0
  async function* batches() {
    for await (const batch of calibrationBatches(inputSetup(target), files)) {
      signal?.throwIfAborted()
      yield batch
      images += batch.dims[0] ?? 0
      onCalibrate?.(images, Math.max(images, Math.min(calibrationImages, files.paths.length)))
    }
    if (images === 0)
      throw new UserError(`Expected an image to calibrate ${name} for --precision int8 in ${files.root}, found that none can be used.`)
  }
  const ranges = await calibrateRanges(graph, batches(), { threads: 0 })
  return writeOnnx(quantizeGraph(graph, ranges, { reduceRange: bits === 7 }))
}
