import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { decodeImage } from '../../dist/images/decode.js'

/** How the first image of a folder is written again, so that every format is there in its main kinds. */
const made = {
  'made-444.jpg': (image) => image.jpeg({ chromaSubsampling: '4:4:4' }),
  'made-progressive.jpg': (image) => image.jpeg({ progressive: true }),
  'made.png': (image) => image.png(),
  'made-interlaced.png': (image) => image.png({ progressive: true }),
  'made-lossless.webp': (image) => image.webp({ lossless: true }),
  'made-lzw.tiff': (image) => image.tiff({ compression: 'lzw' }),
  'made-plain.tiff': (image) => image.tiff({ compression: 'none' }),
  'made-jpeg.tiff': (image) => image.tiff({ compression: 'jpeg' }),
  'made-tiled.tiff': (image) => image.tiff({ compression: 'deflate', tile: true }),
  'made.avif': (image) => image.avif(),
}

/** The images of a folder that can be decoded, and others made of the first one: { name, bytes, pixels }. */
export async function fuzzImagesOf(folder, options) {
  const files = readdirSync(folder)
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
  const images = []
  for (const { name, bytes } of files) {
    const image = await decodeImage(bytes, options).catch(() => undefined)
    if (image) images.push({ name, bytes, pixels: image.pixels })
  }
  if (images.length === 0) throw new Error(`Expected images in ${folder}, found none`)
  const first = sharp(images[0].bytes).resize(120)
  const frames = await Promise.all([0, 120, 240].map((hue) => first.clone().modulate({ hue }).png().toBuffer()))
  const moving = sharp(frames, { join: { animated: true } })
  const written = [
    ...Object.entries(made).map(([name, write]) => [name, write(first.clone())]),
    ...['gif', 'webp'].map((format) => [`made-moving.${format}`, moving.clone().toFormat(format)]),
  ]
  for (const [name, image] of written) {
    const bytes = await image.toBuffer()
    images.push({ name, bytes, pixels: (await decodeImage(bytes, options)).pixels })
  }
  return images
}
