import { UserError } from '../base/errors.js'
import type { DataSet } from './data-set.js'
import type { HeadOptions } from './head-options.js'
import type { LabelTable } from './multi-label.js'
import { quotedList } from './quoted-list.js'
import { type Split, splitImages } from './split.js'
import { viewTable } from './view-table.js'

interface SplitDataOptions extends Pick<HeadOptions, 'split' | 'validation' | 'seed' | 'onNote'> {
  /** Names of the clusters that images stay together with, by their sha256; default none. */
  readonly clusters?: ReadonlyMap<string, string> | undefined
}

/**
 * The parts of a data set, see `splitImages`.
 *
 * @throws UserError where images lie in no class folder and no file gives their labels.
 */
export function splitDataSet({ images, root, labels, views }: DataSet, options: SplitDataOptions): Split {
  const { split = '0.7', validation = '0.1', seed = 0, onNote, clusters } = options
  const without = labels === undefined ? images.filter(({ label }) => label === '').map(({ path }) => path) : []
  if (without.length > 0)
    throw new UserError(
      `Expected a folder per class in ${root}, found images in none: ${quotedList(without)}. Give their labels with --labels FILE.csv, a line of path,label for each, or put the images of each class into a folder of its own and run codes again, which computes nothing anew.`,
    )
  const parts = splitImages(clusters ? images.map((image) => ({ ...image, cluster: clusters.get(image.sha256) })) : images, {
    split,
    validation,
    seed,
    onNote,
  })
  const table = viewTable({ images, views })
  return table ? { ...parts, ...inEachView(parts, table.count), views: table } : parts
}

/** The labels of the images, once for each view. */
function inEachView({ labels, targets }: LabelTable, count: number): Pick<LabelTable, 'labels' | 'targets'> {
  const tiled = <T extends Int32Array | Uint8Array>(of: T, all: T) => {
    for (let view = 0; view < count; view++) all.set(of, view * of.length)
    return all
  }
  return {
    labels: tiled(labels, new Int32Array(labels.length * count)),
    targets: targets && tiled(targets, new Uint8Array(targets.length * count)),
  }
}
