import type { ImagePair } from '../cache/pair-file.js'
import { type Matrix, matrix, rowsOf } from '../engine/gemm.js'
import type { CodedImage } from './data-set.js'
import type { Split } from './split.js'
import { accuracyOfScores } from './test-measures.js'

/** A test image whose picture is among the images that heads are trained or chosen on; samples as in the data set. */
export interface Leak {
  readonly test: number
  readonly other: number
  /** Cosine of their codes; 1 where they are byte-equal. */
  readonly similarity: number
}

type Parts = Pick<Split, 'train' | 'validation' | 'test'>

/** The test images that are shown in training, each with the image most like it; byte-equal ones too, which folders may have parted. */
export function leaksOf(images: readonly Pick<CodedImage, 'sha256'>[], parts: Parts, pairs: readonly ImagePair[]): Leak[] {
  const seen = new Map<string, number>()
  for (const sample of [...parts.train, ...parts.validation]) {
    const { sha256 = '' } = images[sample] ?? {}
    if (!seen.has(sha256)) seen.set(sha256, sample)
  }
  const nearest = new Map<string, { readonly image: string; readonly similarity: number }>()
  const offer = (of: string, image: string, similarity: number) => {
    if (seen.has(image) && similarity > (nearest.get(of)?.similarity ?? -1)) nearest.set(of, { image, similarity })
  }
  for (const { a, b, similarity } of pairs) {
    offer(a, b, similarity)
    offer(b, a, similarity)
  }
  return [...parts.test].flatMap((test): Leak[] => {
    const { sha256 = '' } = images[test] ?? {}
    const equal = seen.get(sha256)
    if (equal !== undefined) return [{ test, other: equal, similarity: 1 }]
    const found = nearest.get(sha256)
    const other = found && seen.get(found.image)
    return found && other !== undefined ? [{ test, other, similarity: found.similarity }] : []
  })
}

/**
 * Accuracy on the test images that are not leaked; null where none is, or all are.
 *
 * @param scores of the test part, [test, C].
 */
export function cleanAccuracy(scores: Matrix, parts: Split, leaks: readonly Pick<Leak, 'test'>[]): number | null {
  const leaked = new Set(leaks.map(({ test }) => test))
  const rows = [...parts.test.keys()].filter((row) => !leaked.has(parts.test[row] ?? -1))
  if (rows.length === 0 || rows.length === parts.test.length) return null
  const clean = matrix(rows.length, scores.columns)
  for (const [at, row] of rows.entries()) rowsOf(clean, at, at + 1).data.set(rowsOf(scores, row, row + 1).data)
  return accuracyOfScores(clean, { ...parts, test: Int32Array.from(rows, (row) => parts.test[row] ?? 0) })
}
