import type { ResizeRule } from '../images/resize-rule.js'
import type { Target } from './target.js'

/** Codes that are missing. */
interface PlannedCodes {
  readonly misses: number
  /** Disk that they will take. */
  readonly diskBytes: number
  readonly fingerprint: string
}

/** What is missing of one view of the images. */
export interface PlannedView extends PlannedCodes {
  readonly view: number
}

/** One kind of code in a plan: what is missing of any of its views. */
export interface PlannedRun extends PlannedCodes {
  readonly codeShape: readonly number[]
  readonly views: readonly PlannedView[]
  readonly model: string
  readonly layer: string
  readonly resize: ResizeRule
}

/** What is missing of a kind of code. */
interface Missing {
  readonly codeShape: readonly number[]
  /** Of a code. */
  readonly bytes: number
  /** For each view the images that miss it. */
  readonly missing: readonly ReadonlyMap<string, string>[]
}

/** What there is to do for the views of one kind of code. */
export function plannedRun(targets: readonly Target[], { codeShape, bytes, missing }: Missing): PlannedRun {
  const [plain] = targets
  if (!plain) throw new Error('Expected the plain view')
  const views = targets.map(({ fingerprint }, view) => {
    const misses = missing[view]?.size ?? 0
    return { view, misses, diskBytes: misses * bytes, fingerprint }
  })
  const { model, backbone, preprocessing, fingerprint } = plain
  const misses = new Set(missing.flatMap((images) => [...images.keys()])).size
  const diskBytes = views.reduce((sum, view) => sum + view.diskBytes, 0)
  return { model, layer: backbone.layer, resize: preprocessing.resize, misses, diskBytes, codeShape, fingerprint, views }
}
