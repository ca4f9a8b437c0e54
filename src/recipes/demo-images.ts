import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, messageOf, UserError, usageError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { type Random, seededRandom } from '../base/random.js'
import { demoPatterns, type Pattern } from './demo-patterns.js'
import { between, difficulty, drawDemoPicture } from './demo-picture.js'

export interface DemoImagesOptions {
  /** How many classes, 2…10. Default 10. */
  readonly classes?: number
  /** Images of each class, 1…1000. Default 64. */
  readonly perClass?: number
  /** Side of an image in pixels, 32…512. Default 112. */
  readonly size?: number
  /** Whole number from 0. The same seed gives the same files (with the same version of sharp). Default 0. */
  readonly seed?: number
}

/** What was written. */
export interface DemoImages {
  readonly images: number
  /** Names of the classes and of their folders. */
  readonly classes: string[]
}

/**
 * Writes the demo data set: one folder per class with JPEG files 000.jpg, 001.jpg, … of drawn patterns.
 *
 * The folder is made where it does not exist; one that holds anything is refused, so that nobody's images are mixed with these.
 */
export async function writeDemoImages(dir: string, options: DemoImagesOptions = {}): Promise<DemoImages> {
  const { classes = 10, perClass = 64, size = 112, seed = 0 } = options
  const patterns: [string, Pattern][] = Object.entries(demoPatterns)
  requireWhole('classes', classes, 2, patterns.length)
  requireWhole('perClass', perClass, 1, 1000)
  requireWhole('size', size, 32, 512)
  requireWhole('seed', seed, 0, 2 ** 32 - 1)
  await requireEmpty(dir)
  const chosen = patterns.slice(0, classes)
  const random = seededRandom(seed)
  for (const [name, pattern] of chosen) await writeClass(join(dir, name), { pattern, perClass, size, seed: newSeed(random) })
  return { images: classes * perClass, classes: chosen.map(([name]) => name) }
}

/** Each class and each image has a seed of its own: an image is the same however many others there are. */
async function writeClass(
  dir: string,
  { pattern, perClass, size, seed }: Required<Omit<DemoImagesOptions, 'classes'>> & { pattern: Pattern },
) {
  const { default: sharp } = await import('sharp')
  await mkdir(dir)
  const seeds = seededRandom(seed)
  const writes = Array.from({ length: perClass }, async (_, index) => {
    const random = seededRandom(newSeed(seeds))
    const raw = { width: size, height: size, channels: 3 } as const
    const picture = sharp(drawDemoPicture(pattern, size, random), { raw }).blur(between(random, difficulty.blur))
    await writeFile(join(dir, `${String(index).padStart(3, '0')}.jpg`), await picture.jpeg({ quality: 85 }).toBuffer(), { flag: 'wx' })
  })
  await Promise.all(writes)
}

function newSeed(random: Random): number {
  return Math.floor(random() * 2 ** 32)
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) throw usageError(name, `a whole number from ${least} to ${most}`, value)
}

async function entriesOf(dir: string): Promise<string[]> {
  makeFolder(dir)
  return readdir(dir)
}

async function requireEmpty(dir: string): Promise<void> {
  const entries = await entriesOf(dir).catch((error: unknown) => {
    throw new UserError(
      `Expected a folder for the demo's images that can be written, got "${dir}" (${errorCode(error) ?? messageOf(error)}). Choose another folder.`,
    )
  })
  if (entries.length === 0) return
  throw new UserError(
    `Expected an empty or a new folder for the demo's images, got "${dir}" with ${entries.length} entries. Choose another folder.`,
  )
}
