import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import PQueue from 'p-queue'
import sharp from 'sharp'
import { clauseOf, errorCode } from '../../base/errors.js'
import { BadImage } from '../../images/bad-image.js'
import { damaged } from '../../images/damaged.js'
import { PIXEL_LIMIT } from '../../images/pixel-limit.js'
import { describeBytes, sniffFormat } from '../../images/sniff.js'

/** A small picture of an image, or why there is none. */
export type Thumbnail =
  | { readonly kind: 'image'; readonly uri: string; readonly width: number; readonly height: number }
  | { readonly kind: 'missing'; readonly reason: string }

export interface ThumbnailOptions {
  /** Pixels of the long side. Default 96. */
  readonly side?: number
  /** Reads an image's file by its path. Default: from the disk. */
  readonly read?: (path: string) => Promise<Uint8Array>
}

/** WebP's quality, of 100: some 2 kB for a photograph. */
const QUALITY = 70

/** Thumbnails by path, one for each different path, as WebP in data URIs; as many at once as there are cores. */
export async function makeThumbnails(
  paths: Iterable<string>,
  { side = 96, read = (path) => readFile(path) }: ThumbnailOptions = {},
): Promise<ReadonlyMap<string, Thumbnail>> {
  const queue = new PQueue({ concurrency: availableParallelism() })
  return new Map(
    await queue.addAll([...new Set(paths)].map((path) => async () => [path, await thumbnail(() => read(path), side)] as const)),
  )
}

async function thumbnail(read: () => Promise<Uint8Array>, side: number): Promise<Thumbnail> {
  try {
    const { data, info } = await small(toBuffer(await read()), side)
    return { kind: 'image', uri: `data:image/webp;base64,${data.toString('base64')}`, width: info.width, height: info.height }
  } catch (error) {
    return { kind: 'missing', reason: reasonOf(error) }
  }
}

/** The same bytes, not copied. */
const toBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

/** @throws BadImage; only formats that the images may have come to the decoder. */
async function small(bytes: Buffer, side: number) {
  const format = sniffFormat(bytes)
  if (format === undefined) throw new BadImage('format', `Not an image but ${describeBytes(bytes)}.`)
  const image = sharp(bytes, { failOn: 'error', limitInputPixels: PIXEL_LIMIT, autoOrient: true })
  const options = { fit: 'inside', withoutEnlargement: true } as const
  return image
    .resize(side, side, options)
    .webp({ quality: QUALITY })
    .toBuffer({ resolveWithObject: true })
    .catch(() => Promise.reject(damaged(bytes, format)))
}

function reasonOf(error: unknown): string {
  if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return 'The file is gone.'
  return error instanceof BadImage ? error.message : `The file cannot be read: ${clauseOf(error)}.`
}
