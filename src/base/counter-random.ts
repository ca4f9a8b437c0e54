/**
 * Numbers in [0, 1) by their place: number i of stream `key`, whatever was drawn before.
 *
 * The finalizer of MurmurHash3 (Austin Appleby, public domain) over i + key · 0x9E3779B9, twice. Parts of a tensor can be filled apart.
 */
export function randomAt(key: number, i: number): number {
  return mixed(mixed((i + Math.imul(key, 0x9e3779b9)) >>> 0) ^ key) / 2 ** 32
}

/** A stream of its own for each list of whole numbers. */
export function streamKey(...parts: readonly number[]): number {
  return parts.reduce((key, part) => mixed((Math.imul(key, 31) + part + 1) >>> 0), 0x2545f491)
}

function mixed(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}
