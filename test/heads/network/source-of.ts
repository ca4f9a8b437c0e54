import { streamKey } from '../../../src/base/counter-random.js'
import { seededRandom, shuffle } from '../../../src/base/random.js'
import type { Matrix } from '../../../src/engine/gemm.js'
import type { CodeSource } from '../../../src/heads/network/code-window.js'
import { windowOf } from './window-of.js'

/** Rows of a matrix as samples, in another order in each epoch where a seed is given. */
export function sourceOf(codes: Matrix, samples: readonly number[], seed?: number): CodeSource {
  const window = windowOf(codes)
  return {
    samples: samples.length,
    async *windows(epoch) {
      const order = Int32Array.from(samples)
      if (seed !== undefined) shuffle(order, seededRandom(streamKey(seed, epoch)))
      yield { ...window, order, samples: Int32Array.from({ length: codes.rows }, (_, row) => row) }
    },
  }
}
