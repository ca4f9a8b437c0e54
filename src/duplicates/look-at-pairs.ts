import { availableParallelism } from 'node:os'
import PQueue from 'p-queue'
import type { ImagePair } from '../cache/pair-file.js'
import type { LoadImage } from '../extract/read-log.js'
import { comparePictures, type Sameness } from './compare-pictures.js'
import { createPictureReader, type SmallPicture } from './small-picture.js'

/** Two different files that show one picture. */
export interface SeenPair extends ImagePair {
  readonly how: NonNullable<Sameness>
}

export interface LookOptions {
  readonly load: LoadImage
  /** An image's path below the data folder. */
  readonly pathOf: (sha256: string) => string
  readonly mirror: boolean
  readonly onShare?: ((share: number) => void) | undefined
}

export interface Looked {
  readonly pairs: readonly SeenPair[]
  /** Pixels of an image that was looked at. */
  readonly sizeOf: (sha256: string) => number | undefined
  /** Images that could not be looked at, and why. */
  readonly unseen: ReadonlyMap<string, string>
}

/** Looks at the pictures of pairs whose codes are alike, and keeps those that are one picture. */
export async function lookAtPairs(candidates: readonly ImagePair[], { load, pathOf, mirror, onShare }: LookOptions): Promise<Looked> {
  const images = [...new Set(candidates.flatMap(({ a, b }) => [a, b]))]
  const pictures = new Map<string, SmallPicture>()
  const unseen = new Map<string, string>()
  const read = createPictureReader(load)
  const queue = new PQueue({ concurrency: availableParallelism() + 1 }) // while some are decoded, another is read
  const look = async (image: string) => {
    const picture = await read(pathOf(image), image)
    if (typeof picture === 'string') unseen.set(image, picture)
    else pictures.set(image, picture)
    onShare?.((pictures.size + unseen.size) / images.length)
  }
  await queue.addAll(images.map((image) => () => look(image)))
  const pairs = candidates.flatMap((pair): SeenPair[] => {
    const [a, b] = [pictures.get(pair.a), pictures.get(pair.b)]
    const how = a && b && comparePictures(a, b, { mirror })
    return how === undefined ? [] : [{ ...pair, how }]
  })
  return { pairs, sizeOf: (image) => pictures.get(image)?.size, unseen }
}
