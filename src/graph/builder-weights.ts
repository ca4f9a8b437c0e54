import type { Layer, WeightSlot } from './builder-layer.js'
import type { Tensor } from './graph.js'

/** Values of each layer's weights by the layer's name, in the order of its slots, laid out as in the file. */
export type LayerWeights = ReadonlyMap<string, readonly Float32Array[]>

/** The constants that the layers' weights become. */
export function filledSlots(layers: readonly Layer[], weights: LayerWeights): Map<string, Tensor> {
  return new Map(
    layers.flatMap((layer) => layer.weights.map((slot, at) => [slot.tensor, filled(layer, slot, weights.get(layer.name)?.[at])])),
  )
}

function filled(layer: Layer, { name, dims, layout, tensor }: WeightSlot, data: Float32Array | undefined): Tensor {
  const [outputs = 1, inputs = 1, height = 1, width = 1] = dims
  const length = outputs * inputs * height * width
  if (data?.length !== length) {
    throw new Error(`Expected ${length} numbers for ${name} of layer ${layer.name} (${tensor}), got ${data?.length ?? 'none'}`)
  }
  return floats(dims, layout === 'plain' ? data : toChannelsFirst(data, height * width, inputs, outputs))
}

/** A float32 constant that shares the memory of `data`. */
export function floats(dims: readonly number[], data: Float32Array): Tensor {
  return { type: 'float32', dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
}

/** Output channels that are written together: a cache line of the source. */
const block = 16

/** [positions, in, out] → [out, in, positions]: Keras' order of a kernel's axes to that of ONNX. */
export function toChannelsFirst(data: Float32Array, positions: number, inputs: number, outputs: number): Float32Array {
  const turned = new Float32Array(data.length)
  for (let first = 0; first < outputs; first += block) {
    const end = Math.min(first + block, outputs)
    for (let i = 0; i < inputs; i++) {
      for (let p = 0; p < positions; p++) {
        const from = (p * inputs + i) * outputs
        const to = i * positions + p
        for (let o = first; o < end; o++) turned[o * inputs * positions + to] = data[from + o] ?? 0
      }
    }
  }
  return turned
}
