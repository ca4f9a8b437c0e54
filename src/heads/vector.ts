import type { Floats } from '../base/floats.js'
import type { Matrix } from '../engine/gemm.js'

// Every long loop of the solvers stands here: float32 in memory, float64 in the sums.

/** Σ a[i] b[i]; four sums side by side, since one alone waits for its last addition. */
export function dot(a: Floats, b: Floats): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  const end = a.length - 3
  let i = 0
  for (; i < end; i += 4) {
    s0 += (a[i] as number) * (b[i] as number)
    s1 += (a[i + 1] as number) * (b[i + 1] as number)
    s2 += (a[i + 2] as number) * (b[i + 2] as number)
    s3 += (a[i + 3] as number) * (b[i + 3] as number)
  }
  for (; i < a.length; i++) s0 += (a[i] as number) * (b[i] as number)
  return s0 + s1 + s2 + s3
}

/** y += factor · x */
export function addScaled(y: Floats, factor: number, x: Floats): void {
  for (let i = 0; i < y.length; i++) y[i] = (y[i] as number) + factor * (x[i] as number)
}

/** out += Σ factors[k] · vectors[k], four vectors in one pass over `out`; where a factor is zero the vector is not read. */
export function addCombination(out: Floats, vectors: readonly Floats[], factors: ArrayLike<number>): void {
  const used = vectors.flatMap((vector, k) => (factors[k] ? [{ vector, factor: factors[k] }] : []))
  const zero = { vector: out, factor: 0 }
  for (let k = 0; k < used.length; k += 4) {
    const [a = zero, b = zero, c = zero, d = zero] = used.slice(k, k + 4)
    addFour(out, [a.vector, b.vector, c.vector, d.vector], [a.factor, b.factor, c.factor, d.factor])
  }
}

/** Numbers of every vector that are recombined at once. */
const part = 4096

/** vectors[k] = Σ factors[k][j] · vectors[j], in place: as many of the first vectors as there are lists of factors. */
export function recombine(vectors: readonly Floats[], factors: readonly ArrayLike<number>[]): void {
  const length = vectors[0]?.length ?? 0
  const made = factors.map(() => new Float32Array(part))
  for (let from = 0; from < length; from += part) {
    const parts = vectors.map((vector) => vector.subarray(from, from + part))
    for (const [k, sum] of made.entries()) addCombination(sum.fill(0), parts, factors[k] ?? [])
    for (const [k, sum] of made.entries()) parts[k]?.set(sum.subarray(0, Math.min(part, length - from)))
  }
}

function addFour(
  out: Floats,
  [a, b, c, d]: readonly [Floats, Floats, Floats, Floats],
  factors: readonly [number, number, number, number],
): void {
  const [p, q, r, s] = factors
  for (let i = 0; i < out.length; i++) {
    out[i] = (out[i] as number) + p * (a[i] as number) + q * (b[i] as number) + r * (c[i] as number) + s * (d[i] as number)
  }
}

/** Sums of the columns of a [rows, columns] matrix, [columns]. */
export function columnSums({ rows, columns, data }: Matrix): Float64Array {
  const sums = new Float64Array(columns)
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) sums[column] = (sums[column] as number) + (data[i] as number)
  }
  return sums
}

/** Adds factor · row[column] to every row. */
export function addToRows({ rows, columns, data }: Matrix, factor: number, row: ArrayLike<number>): void {
  for (let r = 0, i = 0; r < rows; r++) {
    for (let column = 0; column < columns; column++, i++) data[i] = (data[i] as number) + factor * (row[column] as number)
  }
}

/** Takes the mean of every column off it, in place; returns the means, [columns]. */
export function centreColumns(of: Matrix): Float64Array {
  const means = columnSums(of).map((sum) => sum / of.rows)
  addToRows(of, -1, means)
  return means
}
