import { UserError } from '../../base/errors.js'
import type { Json } from '../../cache/fingerprint.js'
import type { Tensor } from '../../heads/safetensors.js'
import type { SavedLayer } from '../../heads/save-head.js'
import type { HeadLayers } from '../head-graph.js'

/** A layer as Keras tells it. */
export interface KerasHeadLayer {
  readonly className: string
  readonly config: { readonly [name: string]: Json; readonly name: string }
  /** In the order of Keras' own weights of the layer. */
  readonly weights: readonly (Tensor & { readonly name: string })[]
}

/** How Keras names our activations; gelu is not among them, since its default is another one (by the error function). */
const activations: Readonly<Record<string, string>> = { relu: 'relu', relu6: 'relu6', elu: 'elu', silu: 'silu' }

/**
 * A head's layers as Keras' own: Dense, BatchNormalization, Activation, LeakyReLU. The temperature is in the last kernel and bias, and the one
 * output that tells two classes becomes two: softmax(0, z) = (1 − σ(z), σ(z)).
 *
 * @throws UserError for a layer that Keras has not, or not so.
 */
export function kerasLayers(head: HeadLayers): KerasHeadLayer[] {
  const last = head.layers.findLastIndex(({ type }) => type === 'dense')
  const layers = head.layers.flatMap((layer, at): KerasHeadLayer[] => {
    const name = `${layer.type.replaceAll('-', '_')}_${at}`
    if (layer.type === 'dense') return [dense(at === last ? finished(layer, head) : layer, name)]
    if (layer.type === 'bn') return [batchNorm(layer, name)]
    return at > last ? [] : [activation(layer, name)]
  })
  const end = head.layers[head.layers.length - 1]
  const isSigmoid = end?.type === 'sigmoid' || end?.settings.activation === 'sigmoid'
  const ends = isSigmoid && !isPair(head) ? 'sigmoid' : 'softmax'
  return [...layers, { className: 'Activation', config: { name: 'probabilities', activation: ends }, weights: [] }]
}

const isPair = ({ layers, labels }: HeadLayers) =>
  labels.length === 2 && layers.findLast(({ type }) => type === 'dense')?.tensors.kernel?.shape[1] === 1

/** The last dense layer, with the temperature in it and an output for each class. */
function finished(layer: SavedLayer, head: HeadLayers): SavedLayer {
  const scaled = Object.entries(layer.tensors).map(([name, { shape, data }]) => {
    const values = data.map((value) => value / head.temperature)
    return [name, isPair(head) ? paired({ shape, data: values }) : { shape, data: values }] as const
  })
  return { ...layer, tensors: Object.fromEntries(scaled) }
}

/** A column of zeros in front: [inputs, 1] → [inputs, 2], [1] → [2]. */
function paired({ shape, data }: Tensor): Tensor {
  const both = new Float32Array(2 * data.length)
  for (const [at, value] of data.entries()) both[2 * at + 1] = value
  return { shape: [...shape.slice(0, -1), 2], data: both }
}

function dense({ tensors: { kernel, bias } }: SavedLayer, name: string): KerasHeadLayer {
  if (!kernel) throw new Error(`Expected the kernel of layer ${name}`)
  const weights = [{ ...kernel, name: 'kernel' }, ...(bias ? [{ ...bias, name: 'bias' }] : [])]
  const config = { name, units: kernel.shape[1] ?? 0, activation: 'linear', use_bias: bias !== undefined }
  return { className: 'Dense', config, weights }
}

function batchNorm({ tensors: { gamma, beta, mean, variance }, settings }: SavedLayer, name: string): KerasHeadLayer {
  if (!gamma || !beta || !mean || !variance) throw new Error(`Expected the statistics of layer ${name}`)
  const weights = [
    { ...gamma, name: 'gamma' },
    { ...beta, name: 'beta' },
    { ...mean, name: 'moving_mean' },
    { ...variance, name: 'moving_variance' },
  ]
  return {
    className: 'BatchNormalization',
    config: { name, axis: -1, epsilon: settings.epsilon ?? null, center: true, scale: true },
    weights,
  }
}

function activation({ type, settings }: SavedLayer, name: string): KerasHeadLayer {
  if (type === 'leaky-relu') return { className: 'LeakyReLU', config: { name, negative_slope: settings.slope ?? null }, weights: [] }
  const known = activations[type]
  if (known !== undefined) return { className: 'Activation', config: { name, activation: known }, weights: [] }
  throw new UserError(
    `Expected a head of dense layers, batch norms and relu, relu6, leaky-relu, elu or silu for --format keras, found "${type}". Take --format onnx, or train another head.`,
  )
}
