import type { Matrix } from '../engine/gemm.js'

/** The nearest of some candidates for each row. */
export interface Nearest {
  /** Places of the candidates, nearest first, [rows, count]. */
  readonly places: Int32Array
  /** Their similarities, likewise. */
  readonly similarities: Float32Array
  readonly count: number
}

/**
 * The `count` largest similarities of each row of [rows, candidates], the first one on ties.
 *
 * @param own the place of each row's own sample among the candidates, which does not count; default none.
 */
export function nearest(similarities: Matrix, count: number, own?: (row: number) => number): Nearest {
  const { rows, columns, data } = similarities
  const kept = Math.min(count, own ? columns - 1 : columns)
  const found = { places: new Int32Array(rows * kept).fill(-1), similarities: new Float32Array(rows * kept).fill(-Infinity), count: kept }
  for (let row = 0; row < rows; row++) {
    const [from, last] = [row * kept, (row + 1) * kept - 1]
    const skipped = own?.(row)
    for (let place = 0; place < columns; place++) {
      const value = data[row * columns + place] as number
      if (place === skipped || !(value > (found.similarities[last] as number))) continue
      let at = last
      for (; at > from && value > (found.similarities[at - 1] as number); at--) {
        found.similarities[at] = found.similarities[at - 1] as number
        found.places[at] = found.places[at - 1] as number
      }
      found.similarities[at] = value
      found.places[at] = place
    }
  }
  return found
}
