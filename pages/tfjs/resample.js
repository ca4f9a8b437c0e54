// An image of any size as the network's square, to the same bytes as when it was trained: Pillow's 8-bit fixed point arithmetic, and
// TensorFlow's for tf-bilinear. The rules are those of `codes --resize`.

const BITS = 22

/**
 * @param {{ pixels: Uint8Array | Uint8ClampedArray, width: number, height: number }} image RGB, [height, width, 3]
 * @param {number} size the square's side
 * @param {string} rule squish, crop:N, pad, keras-nearest or tf-bilinear
 * @returns {Uint8Array | Float32Array} [size, size, 3], 0…255
 */
export function resize(image, size, rule) {
  const { pixels, width, height } = image
  if (rule === 'tf-bilinear') return tfBilinear(image, size)
  const [across, down] = placed(width, height, size, rule)
  const table = rule === 'keras-nearest' ? nearest : bilinear
  const wide = pass(pixels, { ...table(across), ...across, step: 3, room: size, lines: height, lineStep: width * 3, outStep: size * 3 })
  return pass(wide, { ...table(down), ...down, step: size * 3, room: size, lines: size, lineStep: 3, outStep: 3 })
}

/** Of each axis: the length that it is scaled to, the part of it that is made, and where that lies in the square. */
function placed(width, height, size, rule) {
  const axis = (input, scaled) => ({ input, scaled, from: 0, length: scaled, at: 0 })
  const crop = /^crop:(\d+)$/.exec(rule)
  if (crop) {
    const side = Number(crop[1])
    const middle = (input, scaled) => ({ input, scaled, from: halfEven((scaled - size) / 2), length: size, at: 0 })
    const portrait = width <= height
    return [
      middle(width, portrait ? side : Math.trunc((side * width) / height)),
      middle(height, portrait ? Math.trunc((side * height) / width) : side),
    ]
  }
  if (rule !== 'pad') return [axis(width, size), axis(height, size)]
  const centred = (input, scaled) => ({ ...axis(input, scaled), at: halfEven((size - scaled) / 2) })
  return [
    centred(width, width < height ? Math.max(halfEven((width / height) * size), 1) : size),
    centred(height, height < width ? Math.max(halfEven((height / width) * size), 1) : size),
  ]
}

/** A half goes to the even neighbour. */
function halfEven(value) {
  const below = Math.floor(value)
  return value - below === 0.5 ? below + (below % 2) : Math.round(value)
}

/** Which input pixels make each output pixel, and with what weight · 2^22: a triangle, wider where the image shrinks. */
function bilinear({ input, scaled, from, length }) {
  const scale = input / scaled
  const reach = Math.max(scale, 1)
  const inverse = 1 / reach
  const first = []
  const weights = []
  for (let i = 0; i < length; i++) {
    const center = (from + i + 0.5) * scale
    const start = Math.max(Math.trunc(center - reach + 0.5), 0)
    const count = Math.min(Math.trunc(center + reach + 0.5), input) - start
    const raw = Array.from({ length: count }, (_, k) => Math.max(1 - Math.abs((k + start - center + 0.5) * inverse), 0))
    const sum = raw.reduce((all, weight) => all + weight, 0)
    first.push(start)
    weights.push(raw.map((weight) => Math.trunc((weight / sum) * 2 ** BITS + 0.5)))
  }
  return { first, weights }
}

/** The input pixel under each output pixel's centre. */
function nearest({ input, scaled, from, length }) {
  const first = []
  let position = (input / scaled) * 0.5
  for (let i = 0; i < from + length; i++) {
    if (i >= from) first.push(Math.trunc(position))
    position += input / scaled
  }
  return { first, weights: first.map(() => [2 ** BITS]) }
}

/** One axis: `lines` lines of pixels, `step` bytes between neighbours, become lines of `room` pixels. */
function pass(source, { first, weights, length, at, room, step, lines, lineStep, outStep }) {
  const target = new Uint8ClampedArray(lines * room * 3)
  for (let line = 0; line < lines; line++) {
    for (let x = 0; x < length; x++) {
      const start = line * lineStep + first[x] * step
      const row = weights[x]
      for (let channel = 0; channel < 3; channel++) {
        let sum = 2 ** (BITS - 1)
        for (let k = 0; k < row.length; k++) sum += source[start + k * step + channel] * row[k]
        target[line * outStep + (at + x) * step + channel] = sum >> BITS
      }
    }
  }
  return new Uint8Array(target.buffer)
}

/** tf.image.resize without antialiasing, in float32 and not rounded. */
function tfBilinear({ pixels, width, height }, size) {
  const f = Math.fround
  const places = (input) =>
    Array.from({ length: size }, (_, i) => {
      const at = f(f(f(i + 0.5) * f(input / size)) - 0.5)
      return { lower: Math.max(Math.floor(at), 0), upper: Math.min(Math.ceil(at), input - 1), share: f(at - Math.floor(at)) }
    })
  const between = (from, to, share) => f(from + f(f(to - from) * share))
  const [across, down] = [places(width), places(height)]
  return Float32Array.from({ length: size * size * 3 }, (_, i) => {
    const [x, y, channel] = [across[Math.floor(i / 3) % size], down[Math.floor(i / 3 / size)], i % 3]
    const inRow = (row) => {
      const at = (column) => pixels[(row * width + column) * 3 + channel]
      return between(at(x.lower), at(x.upper), x.share)
    }
    return between(inRow(y.lower), inRow(y.upper), y.share)
  })
}
