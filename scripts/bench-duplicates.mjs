#!/usr/bin/env node
/**
 * What `duplicates` finds of copies that were planted in a copy of a data set, and what it reports beside them:
 *     node scripts/bench-duplicates.mjs --data DIR --cache DIR [--each 50] [--seed 0]
 *
 * Planted are byte copies, and others re-encoded at JPEG quality 60, of half the size, squeezed to 0.75 × 0.7, mirrored, and as PNG; every
 * second one in a class that is not its own. The cache should hold the codes of DIR: those of the planted copies are added to it.
 * False is a pair of images that show neither a planted copy and its original, nor what is reported of the untouched images.
 * Prints one JSON object on standard output.
 */
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { seededRandom, shuffle } from '../dist/base/random.js'
import { scanFolder } from '../dist/images/scan-folder.js'
import { extractCodes, findDuplicates } from '../dist/index.js'
import { machine, withDefaults } from './bench-tools.mjs'

const { values } = parseArgs({ options: withDefaults({ data: 'data', cache: 'cache', each: '50', seed: '0' }) })
const { data, cache } = values
const seed = Number(values.seed)
const jpeg = (image, quality) => image.jpeg({ quality })
const squeezed = (image, { width, height }, [across, down]) =>
  image.resize(Math.max(32, Math.round(width * across)), Math.max(32, Math.round(height * down)), { fit: 'fill' })
/** Ways to make a copy, by the kinds that are reported. */
const kinds = {
  bytes: undefined,
  quality60: (image) => jpeg(image, 60),
  half: (image, size) => jpeg(squeezed(image, size, [0.5, 0.5]), 90),
  squeezed: (image, size) => jpeg(squeezed(image, size, [0.75, 0.7]), 85),
  mirrored: (image) => jpeg(image.flop(), 90),
  png: (image) => image.png(),
}
const root = mkdtempSync(join(tmpdir(), 'cnn-codes-bench-'))
try {
  const copy = join(root, 'copy')
  cpSync(data, copy, { recursive: true })
  const { files } = scanFolder(copy)
  const planted = await plant(copy, files)
  const note = (text) => process.stderr.write(`${text}\n`)
  note(`${planted.length} copies planted among ${files.length} images`)
  const { computed } = await extractCodes({ data: copy, cache })
  note(`${computed} codes computed`)
  const [untouched, plain, mirror] = [
    await findDuplicates({ data, cache, mirror: true }),
    await findDuplicates({ data: copy, cache }),
    await findDuplicates({ data: copy, cache, mirror: true }),
  ]
  const result = {
    images: untouched.images,
    untouched: figures(untouched),
    planted: figures(plain),
    withMirror: figures(mirror),
    found: foundOf(planted, plain),
    foundWithMirror: foundOf(planted, mirror),
    false: falseOf(planted, mirror, untouched),
    pairs: reported(mirror).length,
  }
  process.stdout.write(`${JSON.stringify({ ...machine, ...result })}\n`)
} finally {
  rmSync(root, { recursive: true, force: true })
}

/** Plants copies; returns their kinds, originals and paths. */
async function plant(folder, files) {
  const random = seededRandom(seed)
  const labels = [...new Set(files.map(({ label }) => label))]
  const originals = shuffle([...files.keys()], random).map((at) => files[at])
  const planted = []
  for (const [kind, make] of Object.entries(kinds)) {
    for (let i = 0; i < Number(values.each); i++) {
      const { path: from, label } = originals.pop()
      const other = labels.filter((name) => name !== label)
      const into = i % 2 === 0 ? label : other[Math.floor(random() * other.length)]
      const to = posix.join(into, `planted-${kind}-${i}${kind === 'png' ? '.png' : '.jpg'}`)
      if (make) await make(sharp(join(folder, from)), await sharp(join(folder, from)).metadata()).toFile(join(folder, to))
      else copyFileSync(join(folder, from), join(folder, to))
      planted.push({ kind, from, to })
    }
  }
  return planted
}

function figures({ exact, pixelEqual, near, clusters, conflicts, leaks, candidates, threshold, accuracy, cleanAccuracy, seconds }) {
  const counts = { exact, pixelEqual, near, clusters, conflicts, leaks }
  const lengths = Object.fromEntries(Object.entries(counts).map(([name, list]) => [name, list.length]))
  return { ...lengths, mirrored: near.filter(({ mirrored }) => mirrored).length, candidates, threshold, accuracy, cleanAccuracy, seconds }
}

/** Pairs of files that are reported as one picture: directly, not over others. */
function reported({ exact, pixelEqual, near }) {
  const within = (group) => group.flatMap((a, at) => group.slice(at + 1).map((b) => [a, b]))
  return [...exact.flatMap(within), ...pixelEqual.flatMap(within), ...near.map(({ a, b }) => [a, b])]
}

/** Shares of the planted copies that are in one cluster with their originals. */
function foundOf(planted, { clusters }) {
  const clusterOf = new Map(clusters.flatMap((cluster, at) => cluster.map((path) => [path, at])))
  const isFound = ({ from, to }) => clusterOf.has(from) && clusterOf.get(from) === clusterOf.get(to)
  const shareOf = (some) => some.filter(isFound).length / some.length
  return Object.fromEntries(Object.keys(kinds).map((kind) => [kind, shareOf(planted.filter((one) => one.kind === kind))]))
}

/** Reported pairs that are neither planted nor, with originals in the place of their copies, reported of the untouched images. */
function falseOf(planted, result, untouched) {
  const original = new Map(planted.map(({ from, to }) => [to, from]))
  const key = (a, b) => [original.get(a) ?? a, original.get(b) ?? b].sort().join('\n')
  const known = new Set(reported(untouched).map(([a, b]) => key(a, b)))
  return reported(result).filter(([a, b]) => (original.get(a) ?? a) !== (original.get(b) ?? b) && !known.has(key(a, b)))
}
