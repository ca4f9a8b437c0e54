import { openCatalog } from '../../src/cache/catalog.js'
import type { CodeIdentity } from '../../src/cache/fingerprint.js'
import { ShardWriter } from '../../src/cache/shard-writer.js'

export interface CodedViewsOptions {
  readonly cache: string
  /** Canonical JSON of the plain codes' identity. */
  readonly identity: string
  readonly shape: readonly number[]
  readonly images: readonly string[]
  /** Views to add, such as 1 and 2. */
  readonly views: readonly number[]
  readonly spec?: string
  readonly seed?: number
  /** The code of an image, by its place, in a view. */
  readonly codeOf: (image: number, view: number) => readonly number[]
}

/** Adds codes of further views to a cache, as `codes --views` leaves them. */
export async function codedViews({
  cache,
  identity,
  shape,
  images,
  views,
  spec = 'flip',
  seed = 0,
  codeOf,
}: CodedViewsOptions): Promise<void> {
  const plain: CodeIdentity = JSON.parse(identity)
  const catalog = openCatalog(cache)
  for (const view of views) {
    const writer = new ShardWriter(catalog, { ...plain, augment: { spec, seed, view, version: 1 } })
    const codes = Float32Array.from(images.flatMap((_, at) => codeOf(at, view)))
    await writer.add({ images, shape, dtype: 'float32', codes })
    await writer.close()
  }
  catalog.close()
}
