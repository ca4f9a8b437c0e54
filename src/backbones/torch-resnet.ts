import type { GraphBuilder } from '../graph/builder.js'
import type { Value } from '../graph/builder-layer.js'
import type { Architecture } from './architecture.js'
import { inputRules } from './input-rules.js'

/** What differs between the ResNets of torchvision. */
export interface TorchResnet {
  readonly name: string
  /** Blocks in each stage. */
  readonly depths: readonly number[]
  /** basic: two 3 × 3 convolutions; bottleneck: 1 × 1, 3 × 3 (with the stride) and 1 × 1 to four times the channels. */
  readonly block: 'basic' | 'bottleneck'
}

/**
 * A ResNet of torchvision without avgpool and fc; layers are named after its modules, a stage's last activation after the stage.
 *
 * Source: He and others 2015, arXiv 1512.03385; torchvision.models.resnet.
 */
export function torchResnet({ name, depths, block }: TorchResnet): Architecture {
  const addBlock = block === 'basic' ? basic : bottleneck
  return {
    name,
    version: '1.0.0',
    size: 224,
    smallest: 32,
    layer: `layer${depths.length}`,
    input: inputRules.torch,
    weights: 'torch',
    build(net) {
      let x = net.conv('conv1', net.image, { filters: 64, kernel: 7, strides: 2, padding: [3, 3, 3, 3], bias: false })
      x = net.relu('relu', net.batchNorm('bn1', x))
      x = net.maxPool('maxpool', x, { kernel: 3, strides: 2, padding: [1, 1, 1, 1] })
      depths.forEach((depth, stage) => {
        for (let i = 0; i < depth; i++) {
          const stride = stage > 0 && i === 0 ? 2 : 1
          x = addBlock(net, x, { name: `layer${stage + 1}.${i}`, filters: 64 * 2 ** stage, stride, ends: i === depth - 1 })
        }
      })
      return x
    },
  }
}

interface Block {
  readonly name: string
  readonly filters: number
  readonly stride: number
  /** The last block of its stage. */
  readonly ends: boolean
}

function basic(net: GraphBuilder, input: Value, block: Block): Value {
  const { name, filters, stride } = block
  let x = net.relu(`${name}.relu`, convNorm(net, input, { name, part: 1, filters, kernel: 3, stride }))
  x = convNorm(net, x, { name, part: 2, filters, kernel: 3, stride: 1 })
  return close(net, input, x, block)
}

function bottleneck(net: GraphBuilder, input: Value, block: Block): Value {
  const { name, filters, stride } = block
  let x = net.relu(`${name}.relu`, convNorm(net, input, { name, part: 1, filters, kernel: 1, stride: 1 }))
  x = net.relu(`${name}.relu_1`, convNorm(net, x, { name, part: 2, filters, kernel: 3, stride }))
  x = convNorm(net, x, { name, part: 3, filters: 4 * filters, kernel: 1, stride: 1 })
  return close(net, input, x, block)
}

interface ConvNorm {
  readonly name: string
  /** Number of the convolution and of its norm in the block. */
  readonly part: number
  readonly filters: number
  readonly kernel: 1 | 3
  readonly stride: number
}

function convNorm(net: GraphBuilder, x: Value, { name, part, filters, kernel, stride }: ConvNorm): Value {
  const padding = kernel === 3 ? ([1, 1, 1, 1] as const) : 'valid'
  return net.batchNorm(`${name}.bn${part}`, net.conv(`${name}.conv${part}`, x, { filters, kernel, strides: stride, padding, bias: false }))
}

/** The shortcut, by a 1 × 1 convolution where the shapes differ, the sum and the activation. */
function close(net: GraphBuilder, input: Value, x: Value, { name, stride, ends }: Block): Value {
  const differs = stride !== 1 || input.dims[0] !== x.dims[0]
  const down = () => net.conv(`${name}.downsample.0`, input, { filters: x.dims[0], kernel: 1, strides: stride, bias: false })
  const around = differs ? net.batchNorm(`${name}.downsample.1`, down()) : input
  const sum = net.add(`${name}.add`, x, around)
  return ends ? net.relu(name.slice(0, name.indexOf('.')), sum, name) : net.relu(name, sum)
}
