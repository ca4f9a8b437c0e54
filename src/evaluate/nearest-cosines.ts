import { eachCosine } from './each-cosine.js'
import type { UnitCodes } from './unit-codes.js'

/** Images whose nearest neighbours are looked for, at most: quartiles need no more. */
const sample = 2048

/** Of each image of a sample the largest cosine with any other image; none where there is no other. */
export async function nearestCosines(codes: UnitCodes): Promise<Float64Array> {
  const first = codes.images.length < 2 ? 0 : Math.min(codes.images.length, sample)
  const nearest = new Float64Array(first).fill(-1)
  await eachCosine(
    codes,
    (row, from, cosines) => {
      let best = nearest[row] as number
      for (let at = 0; at < cosines.length; at++) {
        const cosine = cosines[at] as number
        if (cosine > best) best = cosine
        if (from + at < first && cosine > (nearest[from + at] as number)) nearest[from + at] = cosine
      }
      nearest[row] = best
    },
    { first },
  )
  return nearest
}
