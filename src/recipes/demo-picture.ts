import type { Random } from '../base/random.js'
import type { Pattern } from './demo-patterns.js'

/** Red, green, blue, 0…255. */
type Colour = readonly [number, number, number]

/** How hard the pictures are made; each number is the end of a range that is drawn from evenly. */
export const difficulty = {
  /** Size of the pattern as a part of the picture's side. */
  scale: [0.16, 0.5],
  /** Contrast of ink and ground, as a part of the full range. */
  contrast: [0.2, 0.6],
  /** Pieces of clutter lying over the pattern. */
  clutter: [2, 7],
  /** Standard deviation of the noise, in levels of 255. */
  noise: [10, 48],
  /** Blur of the finished picture in pixels (standard deviation of a Gaussian). */
  blur: [0.4, 1.6],
} as const

/** A picture as raw pixels, [size, size, 3]: a pattern in random colours, place, size and direction, under clutter, light and noise. */
export function drawDemoPicture(pattern: Pattern, size: number, random: Random): Uint8Array {
  const pixels = new Float32Array(size * size * 3)
  drawPattern(pixels, pattern, size, random)
  for (let left = Math.round(between(random, difficulty.clutter)); left > 0; left--) drawClutter(pixels, size, random)
  return finish(pixels, size, random)
}

function drawPattern(pixels: Float32Array, pattern: Pattern, size: number, random: Random): void {
  const [ink, ground] = colours(random)
  const angle = random() * 2 * Math.PI
  const unit = between(random, difficulty.scale) * size
  const [left, top] = [between(random, [0.2, 0.8]) * size, between(random, [0.2, 0.8]) * size]
  const stretch = between(random, [0.75, 1.33])
  const [across, along] = [Math.cos(angle) / unit, Math.sin(angle) / unit]
  const sharpness = unit / 8
  for (let at = 0; at < size * size; at++) {
    const x = (at % size) - left
    const y = (Math.floor(at / size) - top) * stretch
    const cover = Math.min(1, Math.max(0, 0.5 + sharpness * pattern(x * across + y * along, y * across - x * along)))
    for (let c = 0; c < 3; c++) pixels[at * 3 + c] = mix(ground, ink, cover, c)
  }
}

/** A disc or a bar of one colour. */
function drawClutter(pixels: Float32Array, size: number, random: Random): void {
  const colour = randomColour(random)
  const angle = random() * 2 * Math.PI
  const [left, top] = [random() * size, random() * size]
  const length = between(random, [0.04, 0.2]) * size
  const isDisc = random() < 0.5
  const width = isDisc ? length : length * 0.25
  for (let at = 0; at < size * size; at++) {
    const x = (at % size) - left
    const y = Math.floor(at / size) - top
    const u = (x * Math.cos(angle) + y * Math.sin(angle)) / length
    const v = (y * Math.cos(angle) - x * Math.sin(angle)) / width
    if (isDisc ? u * u + v * v > 1 : Math.abs(u) > 1 || Math.abs(v) > 1) continue
    pixels.set(colour, at * 3)
  }
}

/** Uneven light and noise, then whole levels. */
function finish(pixels: Float32Array, size: number, random: Random): Uint8Array {
  const sigma = between(random, difficulty.noise)
  const angle = random() * 2 * Math.PI
  const light = between(random, [0, 90]) / size
  const [across, down] = [light * Math.cos(angle), light * Math.sin(angle)]
  const levels = new Uint8ClampedArray(pixels.length) // rounds and clamps to 0…255
  for (let at = 0; at < size * size; at++) {
    const shade = across * ((at % size) - size / 2) + down * (Math.floor(at / size) - size / 2)
    for (let i = at * 3; i < at * 3 + 3; i++) levels[i] = (pixels[i] ?? 0) + shade + sigma * noise(random)
  }
  return new Uint8Array(levels.buffer)
}

/** Two colours, one lighter than the other by a random contrast. */
function colours(random: Random): [ink: Colour, ground: Colour] {
  const contrast = between(random, difficulty.contrast) * (random() < 0.5 ? -255 : 255)
  const ground = randomColour(random)
  const [red, green, blue] = [random() * 2, random() * 2, random() * 2]
  const total = (red + green + blue) / 3
  return [[ground[0] + (contrast * red) / total, ground[1] + (contrast * green) / total, ground[2] + (contrast * blue) / total], ground]
}

function randomColour(random: Random): Colour {
  return [between(random, [40, 215]), between(random, [40, 215]), between(random, [40, 215])]
}

function mix(from: Colour, to: Colour, part: number, channel: number): number {
  const start = from[channel] ?? 0
  return start + part * ((to[channel] ?? 0) - start)
}

/** A number drawn evenly from a range. */
export function between(random: Random, [from, to]: readonly [number, number]): number {
  return from + random() * (to - from)
}

/** Noise of mean 0 and variance 1: the sum of two even numbers, which is triangular and cheaper than a normal one. */
function noise(random: Random): number {
  return Math.sqrt(6) * (random() + random() - 1)
}
