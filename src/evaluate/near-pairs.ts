import type { ImagePair } from '../cache/pair-file.js'
import { eachCosine } from './each-cosine.js'
import type { UnitCodes } from './unit-codes.js'

/** All pairs of images whose cosine is at least `threshold`, most alike first. */
export async function nearPairs(codes: UnitCodes, threshold: number, onShare?: (share: number) => void): Promise<ImagePair[]> {
  const { images } = codes
  const found: ImagePair[] = []
  await eachCosine(
    codes,
    (row, from, cosines) => {
      for (let at = 0; at < cosines.length; at++) {
        const similarity = cosines[at] as number
        if (similarity < threshold) continue
        const [a = '', b = ''] = [images[row], images[from + at]].sort()
        found.push({ a, b, similarity: Math.min(1, similarity) })
      }
    },
    { onShare },
  )
  return found.sort((x, y) => y.similarity - x.similarity || (x.a + x.b < y.a + y.b ? -1 : 1))
}
