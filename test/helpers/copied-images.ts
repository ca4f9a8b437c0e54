import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { writeDemoImages } from '../../src/recipes/demo-images.js'
import { tempFolder } from './temp-folder.js'

/** Copies by how they are made: their originals, and where they lie. */
export const copies = {
  bytes: ['bricks/001.jpg', 'bricks/copy.jpg'],
  pixels: ['bricks/002.jpg', 'checks/pixels.png'],
  quality: ['checks/003.jpg', 'crosses/quality.jpg'],
  half: ['crosses/004.jpg', 'crosses/half.jpg'],
  mirrored: ['dots/005.jpg', 'dots/mirrored.jpg'],
} as const

const made: readonly (readonly [readonly [string, string], (image: Sharp) => Sharp])[] = [
  [copies.pixels, (image) => image.png()],
  [copies.quality, (image) => image.jpeg({ quality: 60 })],
  [copies.half, (image) => image.resize(56, 56).jpeg({ quality: 90 })],
  [copies.mirrored, (image) => image.flop().jpeg({ quality: 90 })],
]

/** A folder of drawn pictures, four classes of twelve, and a copy of each kind. */
export async function copiedImages(): Promise<string> {
  const data = join(tempFolder(), 'pictures')
  await writeDemoImages(data, { classes: 4, perClass: 12, size: 112 })
  const [from, to] = copies.bytes
  copyFileSync(join(data, from), join(data, to))
  for (const [[from, to], make] of made) await make(sharp(join(data, from))).toFile(join(data, to))
  return data
}
