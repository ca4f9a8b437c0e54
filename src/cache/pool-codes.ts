/** How the positions of a spatial code become one: not at all, their mean, their maximum, or the mean and behind it the maximum. */
export type Pool = 'none' | 'avg' | 'max' | 'concat'

export const pools: readonly Pool[] = ['none', 'avg', 'max', 'concat']

/** The shape of a pooled code: [7, 7, 1280] → [1280], concat → [2560]. A code without positions stays as it is. */
export function pooledShape(shape: readonly number[], pool: Pool): readonly number[] {
  if (pool === 'none' || shape.length < 2) return shape
  const channels = shape.at(-1) ?? 0
  return [pool === 'concat' ? 2 * channels : channels]
}

/** Pools one code [positions, channels] into `out` [channels], or [2 channels] where both are asked for. */
export function poolCode(code: Float32Array, channels: number, pool: Exclude<Pool, 'none'>, out: Float32Array): void {
  if (pool !== 'max') poolOne(code, channels, 'avg', out.subarray(0, channels))
  if (pool !== 'avg') poolOne(code, channels, 'max', out.subarray(pool === 'concat' ? channels : 0))
}

function poolOne(code: Float32Array, channels: number, pool: 'avg' | 'max', out: Float32Array): void {
  const positions = code.length / channels
  const first = positions % 4
  const step = pool === 'avg' ? addFour : raiseFour
  out.fill(pool === 'avg' ? 0 : Number.NEGATIVE_INFINITY)
  // Four positions a round: a value of `out` is read and written once for four of the code. The odd ones come first.
  for (let position = 0; position < first; position++) {
    for (let c = 0; c < channels; c++) {
      const value = code[position * channels + c] as number
      out[c] = pool === 'avg' ? (out[c] as number) + value : Math.max(out[c] as number, value)
    }
  }
  for (let position = first; position < positions; position += 4) step(code, position * channels, channels, out)
  if (pool === 'avg') for (let c = 0; c < channels; c++) out[c] = (out[c] as number) / positions
}

function addFour(code: Float32Array, from: number, channels: number, out: Float32Array): void {
  const [second, third, fourth] = [from + channels, from + 2 * channels, from + 3 * channels]
  for (let c = 0; c < channels; c++) {
    const pair = (code[from + c] as number) + (code[second + c] as number)
    out[c] = (out[c] as number) + (pair + ((code[third + c] as number) + (code[fourth + c] as number)))
  }
}

function raiseFour(code: Float32Array, from: number, channels: number, out: Float32Array): void {
  const [second, third, fourth] = [from + channels, from + 2 * channels, from + 3 * channels]
  for (let c = 0; c < channels; c++) {
    const [a, b, d, e] = [code[from + c] as number, code[second + c] as number, code[third + c] as number, code[fourth + c] as number]
    const top = Math.max(a, b, d, e)
    if (top > (out[c] as number)) out[c] = top
  }
}
