/** A whole number below `limit`. */
const below = (random, limit) => Math.floor(random() * limit)

/** One to four bits turned, in two of five cases all of them in the first 1,024 bytes, where headers are. */
function flip(bytes, { random }) {
  const copy = Buffer.from(bytes)
  const end = random() < 0.4 ? Math.min(bytes.length, 1024) : bytes.length
  for (let left = 1 + below(random, 4); left > 0; left--) {
    const at = below(random, end)
    copy.writeUInt8(copy.readUInt8(at) ^ (1 << below(random, 8)), at)
  }
  return copy
}

/** The end taken away, in two of five cases at most 64 bytes of it. */
function cut(bytes, { random }) {
  const most = random() < 0.4 ? Math.min(64, bytes.length - 1) : bytes.length - 1
  return bytes.subarray(0, bytes.length - 1 - below(random, most))
}

/** A piece of another image put in or written over, a stretch left out, or another image's end. */
function splice(bytes, { random, other }) {
  const at = below(random, bytes.length)
  const length = 1 + below(random, Math.min(other.length, 4096))
  const from = below(random, other.length - length + 1)
  const [piece, head, rest] = [other.subarray(from, from + length), bytes.subarray(0, at), bytes.subarray(at + length)]
  const parts = [
    [head, piece, bytes.subarray(at)],
    [head, piece, rest],
    [head, rest],
    [head, other.subarray(at)],
  ]
  return Buffer.concat(parts[below(random, parts.length)])
}

const mutations = { flip, cut, splice }

/** A damaged copy of an image's bytes, and how it was made: flip, cut or splice (with a piece of `other`). */
export function mutate(bytes, { random, other }) {
  const kind = Object.keys(mutations)[below(random, 3)]
  return { kind, bytes: mutations[kind](bytes, { random, other }) }
}

/** One of the items. */
export const pick = (items, random) => items[below(random, items.length)]
