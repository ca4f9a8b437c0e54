import type { Node, Tensor } from './graph.js'

/** A tensor of the graph under construction: one image's part of it, mostly a map; the batch comes before it. */
export interface Value<Shape extends readonly number[] = Dims> {
  readonly name: string
  readonly dims: Shape
}

/** A tensor of any rank. One of three dimensions is a map, channels first, wherever it comes from. */
export type AnyValue = Value<readonly number[]>

/** [channels, height, width]. */
export type Dims = readonly [number, number, number]

/** A layer's part of the graph: the last node's first output is the layer's, and bears the layer's name. */
export interface Step<Shape extends readonly number[] = Dims> {
  readonly inputs: readonly AnyValue[]
  readonly nodes: readonly Node[]
  readonly dims: Shape
  readonly weights?: readonly WeightSlot[]
  /** Constants that no file holds. */
  readonly constants?: Readonly<Record<string, Tensor>>
  readonly multiplyAdds?: number
}

/** Whose weight files the network is read from: it settles the names and shapes of weights there. */
export type Convention = 'keras' | 'torch'

/** A weight that a layer takes from a file. */
export interface WeightSlot {
  /** Its name inside the layer: kernel, gamma, … (Keras); weight, running_mean, … (torch). */
  readonly name: string
  /** Its shape in the file. */
  readonly shape: readonly number[]
  /** The graph's constant that it fills, and that constant's shape. */
  readonly tensor: string
  readonly dims: readonly number[]
  /** hwio: [h, w, in, out] in the file, [out, in, h, w] in the graph; plain: the same order in both. */
  readonly layout: 'plain' | 'hwio'
}

/** A layer as its users name it: usually one node of the graph. */
export interface Layer {
  readonly name: string
  /** Keras' class in snake_case, such as conv2d, whatever the convention. */
  readonly kind: string
  /** The tensor that it computes. */
  readonly output: string
  /** The tensors that it takes from other layers. */
  readonly inputs: readonly string[]
  readonly dims: readonly number[]
  /** In the order in which weight files hold them. */
  readonly weights: readonly WeightSlot[]
  /** Multiplications of one image's forward pass (convolutions and dense layers only). */
  readonly multiplyAdds: number
}

/** Values of a convolution's kernel, for one group. */
export interface KernelSize {
  readonly height: number
  readonly width: number
  /** Input channels that one output channel sees. */
  readonly inputs: number
  readonly outputs: number
}

/** The slot of an ordinary or grouped convolution's kernel. */
export function kernelSlot(convention: Convention, tensor: string, { height, width, inputs, outputs }: KernelSize): WeightSlot {
  const dims = [outputs, inputs, height, width]
  if (convention === 'torch') return { name: 'weight', shape: dims, tensor, dims, layout: 'plain' }
  return { name: 'kernel', shape: [height, width, inputs, outputs], tensor, dims, layout: 'hwio' }
}

/**
 * The slot of a depthwise kernel, Keras' [h, w, in, multiplier].
 *
 * Output channel number i · multiplier + m belongs to input channel i, so in memory it is [h, w, 1, in · multiplier].
 */
export function depthwiseSlot(convention: Convention, tensor: string, size: KernelSize, channels: number): WeightSlot {
  const { height, width, outputs } = size
  const slot = kernelSlot(convention, tensor, { ...size, inputs: 1 })
  return convention === 'torch' ? slot : { ...slot, shape: [height, width, channels, outputs / channels] }
}

/** A slot that holds one number for each channel. */
export function channelSlot(name: string, tensor: string, channels: number): WeightSlot {
  return { name, shape: [channels], tensor, dims: [channels], layout: 'plain' }
}

/** Names of a batch norm's weights in the order of ONNX' inputs, which is also that of the files. */
export const batchNormNames = {
  keras: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  torch: ['weight', 'bias', 'running_mean', 'running_var'],
} as const satisfies Record<Convention, readonly string[]>

/** Added to the variance unless a network says otherwise. */
export const batchNormEpsilon = { keras: 1e-3, torch: 1e-5 } as const satisfies Record<Convention, number>

/** Whether a tensor is a map, channels first. */
export function isMap(x: AnyValue): x is Value {
  return x.dims.length === 3
}

/** The axis of the channels, the batch being 0: the last one, but the first in maps. */
export function channelAxis(x: AnyValue): number {
  return isMap(x) ? 1 : x.dims.length
}

/** Where an axis of a tensor with its channels last (−1 the last, the batch 0) is in the graph, which has those of maps first. */
export function storedAxis(x: AnyValue, axis: number): number {
  const from = axis < 0 ? axis + x.dims.length + 1 : axis
  return isMap(x) ? ([0, 2, 3, 1][from] ?? from) : from
}
