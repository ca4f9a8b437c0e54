#!/usr/bin/env node
/**
 * Decodes damaged images and looks whether all goes as it should:
 *
 *   node scripts/fuzz-images.mjs [--images test/fixtures/images] [--count 5000] [--seed 1]
 *
 * The images of the folder, and others made of the first one so that every format is there, get bits flipped, ends cut off and
 * pieces of each other put in. Each is decoded in both lanes. It must hold: every failure is a BadImage and comes within a minute;
 * a cut file is refused unless its pixels are the whole file's; so is a JPEG that libjpeg-turbo warns about (its binding refuses such
 * ones), and what the fast lane refuses. Prints a JSON report; exit code 1 when something does not hold.
 *
 * `stricter`: JPEGs that the exact lane alone refuses, because their data does not fill the image in a way that libjpeg passes over.
 */
import { parseArgs } from 'node:util'
import { seededRandom } from '../dist/base/random.js'
import { configureSharp } from '../dist/images/decode.js'
import { ImageDecoder } from '../dist/images/image-decoder.js'
import { jpegHeader } from '../dist/images/jpeg-header.js'
import { loadJpegTurbo } from '../dist/images/load-jpeg-turbo.js'
import { sniffFormat } from '../dist/images/sniff.js'
import { fuzzImagesOf } from './fuzz/fuzz-images-of.mjs'
import { mutate, pick } from './fuzz/mutations.mjs'

const longest = 60_000
const options = { exif: true, alpha: 'white' }

const text = { type: 'string' }
const { values } = parseArgs({ options: { images: text, count: text, seed: text } })
const [folder, count, seed] = [values.images ?? 'test/fixtures/images', Number(values.count ?? 5000), Number(values.seed ?? 1)]
process.exitCode = await fuzz()

async function fuzz() {
  configureSharp()
  const turbo = turboIfAny()
  const lanes = {
    exact: new ImageDecoder({ ...options, decoder: 'exact' }),
    fast: turbo && new ImageDecoder({ ...options, decoder: 'fast' }),
  }
  const images = await fuzzImagesOf(folder, options)
  const random = seededRandom(seed)
  const [counts, failures, memory] = [{}, [], { early: 0, peak: 0, end: 0 }]
  let [slowest, stricter] = [0, 0]
  for (let round = 0; round < count; round++) {
    const image = pick(images, random)
    const { kind, bytes } = mutate(image.bytes, { random, other: pick(images, random).bytes })
    const exact = await tried(lanes.exact, bytes)
    const fast = lanes.fast && (await tried(lanes.fast, bytes))
    const fail = (why) => failures.push({ round, name: image.name, kind, why })
    for (const { crash } of [exact, fast ?? exact]) if (crash) fail(crash)
    if (kind === 'cut' && exact.pixels && !exact.pixels.equals(image.pixels)) fail('a cut file gives other pixels')
    if (exact.pixels && warns(turbo, bytes)) fail('libjpeg-turbo warns about it')
    if (exact.pixels && fast && !fast.pixels) fail('the fast lane alone refuses it')
    if (!exact.pixels && fast?.pixels) stricter++
    slowest = Math.max(slowest, exact.took, fast?.took ?? 0)
    const key = [sniffFormat(bytes) ?? 'none', kind, exact.pixels ? 'taken' : exact.code].join(' ')
    counts[key] = (counts[key] ?? 0) + 1
    const used = process.memoryUsage().rss
    memory.peak = Math.max(memory.peak, used)
    memory.end = used
    if (round < count / 4) memory.early = Math.max(memory.early, used)
  }
  const sorted = Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
  const report = { images: images.length, count, seed, fast: turbo !== undefined, failures, stricter, slowest, memory, counts: sorted }
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  return failures.length === 0 ? 0 : 1
}

/** What decoding gives: pixels, or the code of a BadImage, or how it crashed or hung; and the milliseconds it took. */
async function tried(decoder, bytes) {
  const started = performance.now()
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${longest} ms`)), longest)
  })
  const found = await Promise.race([Promise.resolve().then(() => decoder.decode(bytes)), late]).catch((error) => error)
  clearTimeout(timer)
  const took = performance.now() - started
  if (took > longest) return { took, crash: `no end after ${longest} ms` }
  if (found instanceof Error && found.name !== 'BadImage') return { took, crash: found.stack }
  return found instanceof Error ? { took, code: found.code } : { took, pixels: Buffer.from(found.pixels) }
}

/** Whether libjpeg-turbo has something against a JPEG; false for what its binding does not take (CMYK, for one). */
function warns(turbo, bytes) {
  const header = turbo && sniffFormat(bytes) === 'jpeg' ? jpegHeader(bytes) : undefined
  if (!header || (header.channels !== 1 && header.channels !== 3)) return false
  try {
    turbo.decompressSync(bytes, Buffer.alloc(header.width * header.height * 3), { format: turbo.FORMAT_RGB })
    return false
  } catch {
    return true
  }
}

/** The fast lane's library, which is optional. */
function turboIfAny() {
  try {
    return loadJpegTurbo()
  } catch {
    return undefined
  }
}
