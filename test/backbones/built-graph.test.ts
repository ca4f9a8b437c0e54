import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Backbone, BackboneOptions } from '../../src/backbones/backbone.js'
import { buildBackbone } from '../../src/backbones/build-backbone.js'
import { builtFolder } from '../../src/backbones/built-graph.js'
import { resolveBackbone } from '../../src/backbones/resolve-backbone.js'
import { squeezenet } from '../../src/backbones/squeezenet.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { randomSqueezenet } from '../helpers/random-keras.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { legacyKerasBytes } from '../weights/write-keras-h5.js'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const built = (seed: number, options?: BackboneOptions) =>
  buildBackbone(squeezenet, { convention: 'keras', layers: randomSqueezenet(seed) }, options)
const folder = tempFolder()
const weights = join(folder, 'w.h5')
const other = join(folder, 'other.h5')
writeFileSync(weights, await legacyKerasBytes(randomSqueezenet(1)))
writeFileSync(other, await legacyKerasBytes(randomSqueezenet(2)))

let cache = ''
beforeEach(() => {
  cache = tempFolder()
})
const resolve = (options: BackboneOptions = {}) => resolveBackbone('squeezenet', { weights, cache, ...options })
const names = () => readdirSync(builtFolder(cache)).sort()
const only = () => join(builtFolder(cache), names()[0] ?? '')
const same = ({ identity, graph, ...rest }: Backbone) => ({ identity, bytes: sha256(writeOnnx(graph)), ...rest })

describe('a built graph', () => {
  it('is kept under its weights and its content', async () => {
    await resolve()
    expect(names()).toEqual([`squeezenet-1.0.0-${sha256(readFileSync(weights)).slice(0, 32)}-${sha256(readFileSync(only()))}.onnx`])
  })

  it('is taken from the cache, for a copy of the weight file too', async () => {
    await resolve()
    const copy = join(folder, 'copy.h5')
    copyFileSync(weights, copy)
    const { mtimeMs } = statSync(only())
    expect(same(await resolve({ weights: copy }))).toEqual(same(built(1)))
    expect([names().length, statSync(only()).mtimeMs]).toEqual([1, mtimeMs])
    // Another one put in its place is used, as only the cache could give it.
    const bytes = writeOnnx(built(3).graph)
    const name = names()[0]?.replace(/[0-9a-f]{64}\.onnx$/, `${sha256(bytes)}.onnx`) ?? ''
    cache = tempFolder()
    mkdirSync(builtFolder(cache), { recursive: true })
    writeFileSync(join(builtFolder(cache), name), bytes)
    expect((await resolve()).identity).toEqual(built(3).identity)
  })

  it('serves every size and layer', async () => {
    await resolve({ size: 64 })
    const { mtimeMs } = statSync(only())
    for (const options of [{ size: 227 }, { size: 97, layer: 'pool3' }]) {
      expect(same(await resolve(options))).toEqual(same(built(1, options)))
    }
    expect([names().length, statSync(only()).mtimeMs]).toEqual([1, mtimeMs])
  })

  it('is another one for other weights', async () => {
    await resolve()
    expect((await resolve({ weights: other })).identity).toEqual(built(2).identity)
    expect(names().length).toBe(2)
  })

  it.each<[string, (bytes: Buffer) => Uint8Array]>([
    ['a byte is another one', (bytes) => bytes.fill((bytes[9000] ?? 0) ^ 1, 9000, 9001)],
    ['its end is missing', (bytes) => bytes.subarray(0, -1)],
    ['it is empty', () => new Uint8Array()],
  ])('is built again where %s', async (_, damage) => {
    await resolve()
    const whole = readFileSync(only())
    writeFileSync(only(), damage(readFileSync(only())))
    expect((await resolve()).identity).toEqual(built(1).identity)
    expect(names().length).toBe(1)
    expect(readFileSync(only()).equals(whole)).toBe(true)
  })

  it('is built again where it does not fit the network', async () => {
    await resolve()
    const bytes = writeOnnx(built(1, { layer: 'pool3' }).graph)
    const name = names()[0]?.replace(/[0-9a-f]{64}\.onnx$/, `${sha256(bytes)}.onnx`) ?? ''
    cache = tempFolder()
    mkdirSync(builtFolder(cache), { recursive: true })
    writeFileSync(join(builtFolder(cache), name), bytes)
    expect((await resolve()).identity).toEqual(built(1).identity)
    expect(names()).not.toContain(name)
  })

  it('is not needed: a cache that cannot be written costs time only', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect((await resolve({ cache: join(file, 'below') })).identity).toEqual(built(1).identity)
  })
})
