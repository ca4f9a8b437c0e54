import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { seededRandom } from '../../src/base/random.js'
import { tempFolder } from './temp-folder.js'

/** A PNG of seeded noise, between `from` and `to` of 255. */
export async function noisePng(seed: number, { from = 0, to = 255, side = 12 } = {}): Promise<Buffer> {
  const random = seededRandom(seed)
  const pixels = Buffer.from(Array.from({ length: side * side * 3 }, () => Math.round(from + random() * (to - from))))
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer()
}

/** Writes a file below a folder, making the folders between. */
export function put(folder: string, path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

/** A new folder with `counts` images a class, all different: a/0.png, a/1.png, b/0.png, … */
export async function imageFolder(counts: Readonly<Record<string, number>>): Promise<string> {
  const folder = tempFolder()
  let seed = 1
  for (const [label, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i++) put(folder, `${label}/${i}.png`, await noisePng(seed++))
  }
  return folder
}
