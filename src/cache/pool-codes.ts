/** How the positions of a spatial code become one: not at all, their mean, or their maximum. */
export type Pool = 'none' | 'avg' | 'max'

export const pools: readonly Pool[] = ['none', 'avg', 'max']

/** The shape of a pooled code: [7, 7, 1280] → [1280]. A code without positions stays as it is. */
export function pooledShape(shape: readonly number[], pool: Pool): readonly number[] {
  return pool === 'none' || shape.length < 2 ? shape : shape.slice(-1)
}

/** Pools codes [rows, positions, channels] into `out` [rows, channels]. */
export function poolCodes(codes: Float32Array, channels: number, positions: number, pool: 'avg' | 'max', out: Float32Array): void {
  const rows = codes.length / (positions * channels)
  for (let row = 0; row < rows; row++) {
    const to = row * channels
    for (let position = 0; position < positions; position++) {
      const from = (row * positions + position) * channels
      if (position === 0) for (let c = 0; c < channels; c++) out[to + c] = codes[from + c] as number
      else if (pool === 'avg') for (let c = 0; c < channels; c++) out[to + c] = (out[to + c] as number) + (codes[from + c] as number)
      else for (let c = 0; c < channels; c++) out[to + c] = Math.max(out[to + c] as number, codes[from + c] as number)
    }
    if (pool === 'avg') for (let c = 0; c < channels; c++) out[to + c] = (out[to + c] as number) / positions
  }
}
