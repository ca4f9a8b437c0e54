import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SavedLayer } from '../../src/heads/save-head.js'

/** A layer in float64, from its definition. */
type PlainLayer = (input: readonly number[], weight: (name: string) => Float32Array, layer: SavedLayer) => number[]

const layers: Readonly<Record<string, PlainLayer>> = {
  dense: (input, weight) => {
    const [kernel, bias] = [weight('kernel'), weight('bias')]
    return Array.from(bias, (start, unit) => input.reduce((sum, value, d) => sum + value * (kernel[d * bias.length + unit] ?? 0), start))
  },
  bn: (input, weight, { settings }) =>
    input.map((value, d) => {
      const [mean = 0, variance = 0, gamma = 0, beta = 0] = ['mean', 'variance', 'gamma', 'beta'].map((name) => weight(name)[d])
      return (gamma * (value - mean)) / Math.sqrt(variance + Number(settings.epsilon)) + beta
    }),
  relu: (input) => input.map((value) => Math.max(0, value)),
  silu: (input) => input.map((value) => value / (1 + Math.exp(-value))),
  softmax: (input) => [...input], // the order of the classes is that of their logits
}

/** Logits of a code by the layers of a bundle. */
export function plainLogits(saved: readonly SavedLayer[], code: ArrayLike<number>): number[] {
  return saved.reduce<number[]>((input, layer) => {
    const plain = layers[layer.type]
    if (!plain) throw new Error(`no plain layer for ${layer.type}`)
    return plain(input, (name) => layer.tensors[name]?.data ?? new Float32Array(), layer)
  }, Array.from(code))
}

/** head.json of a bundle, and its layers with their tensors, from its files alone. */
export function readBundle(folder: string) {
  const head = JSON.parse(readFileSync(join(folder, 'head.json'), 'utf8'))
  const bytes = readFileSync(join(folder, head.weights.file))
  const start = 8 + Number(bytes.readBigUInt64LE())
  const index = JSON.parse(bytes.toString('utf8', 8, start))
  const tensor = (name: string) => {
    const [from, to] = index[name].data_offsets
    return { shape: index[name].shape, data: new Float32Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer) }
  }
  const saved: SavedLayer[] = head.layers.map(({ type, tensors, ...settings }: { type: string; tensors: string[] }, at: number) => ({
    type,
    settings,
    tensors: Object.fromEntries(tensors.map((name) => [name.slice(`${at}.`.length), tensor(name)])),
  }))
  return { head, layers: saved }
}
