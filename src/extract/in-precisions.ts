import type { Precision } from '../cache/fingerprint.js'
import { isSelected } from '../cache/selection.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import type { CalibrationJob } from './calibrated-target.js'
import type { ExtractSeveralOptions } from './options.js'
import type { Target } from './target.js'

/** Each float32 target in each of the precisions that are asked for; int8 is calibrated on the run's images where it is not yet. */
export async function inPrecisions(
  targets: readonly Target[],
  { root, files }: ScannedFolder,
  options: ExtractSeveralOptions & Pick<CalibrationJob, 'leases'>,
): Promise<Target[]> {
  const { cache = 'cache', precisions = ['float32'], recalibrate = false, signal, exclude, onCalibrate, leases } = options
  const paths = files.filter((file) => isSelected({ ...file, image: undefined }, options)).map(({ path }) => path)
  const made: Target[] = []
  const inPrecision = async (target: Target, precision: Precision) => {
    if (precision === 'float32') return target
    const { calibratedTarget } = await import('./calibrated-target.js') // loads the engine, which float32 needs in threads only
    return calibratedTarget(target, { cache, root, paths, exclude, recalibrate, leases, signal, onCalibrate })
  }
  for (const target of targets) for (const precision of new Set(precisions)) made.push(await inPrecision(target, precision))
  return made
}
