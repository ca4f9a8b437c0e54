import { checkImage, type ImageSize, imageSize, type RgbImage } from './pixels.js'
import { tfBilinearTable } from './tf-bilinear-table.js'

// The readable twin of the WebAssembly version: the tests hold the two to each other bit for bit.

/** tf.image.resize, bilinear without antialiasing. Returns float32 [size.height, size.width, 3], 0…255, not rounded. */
export function tfBilinearPlain(image: RgbImage, size: number | ImageSize): Float32Array {
  checkImage(image)
  const target = imageSize(size)
  const { pixels, width, height } = image
  const across = tfBilinearTable(width, target.width)
  const down = tfBilinearTable(height, target.height)
  const out = new Float32Array(target.height * target.width * 3)
  for (let i = 0; i < out.length; i++) {
    const [x, y, channel] = [Math.floor(i / 3) % target.width, Math.floor(i / 3 / target.width), i % 3]
    const inRow = (row = 0) => {
      const at = (column = 0) => pixels[(row * width + column) * 3 + channel] ?? 0
      return between(at(across.lower[x]), at(across.upper[x]), across.share[x])
    }
    out[i] = between(inRow(down.lower[y]), inRow(down.upper[y]), down.share[y])
  }
  return out
}

function between(from: number, to: number, share = 0): number {
  return Math.fround(from + Math.fround(Math.fround(to - from) * share))
}
