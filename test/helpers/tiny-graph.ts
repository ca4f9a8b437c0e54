import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Floats } from '../../src/base/floats.js'
import { seededRandom } from '../../src/base/random.js'
import type { ElementType, Graph, Node, Tensor, ValueInfo } from '../../src/graph/graph.js'
import { node } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { tempFolder } from './temp-folder.js'

const product = (dims: readonly number[]) => dims.reduce((all, side) => all * side, 1)

export function tensor(dims: readonly number[], values: readonly number[]): Tensor {
  return { type: 'float32', dims, bytes: new Uint8Array(Float32Array.from(values).buffer) }
}

/** Numbers in [-0.5, 0.5), the same for the same seed. */
export function noiseFloats(length: number, seed = 1): Floats {
  const random = seededRandom(seed)
  return Float32Array.from({ length }, () => random() - 0.5)
}

export function noise(dims: readonly number[], seed = 1): Tensor {
  return tensor(dims, [...noiseFloats(product(dims), seed)])
}

export function integers(...values: readonly number[]): Tensor {
  return { type: 'int64', dims: [values.length], bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) }
}

export function value(name: string, dims?: ValueInfo['dims'], type: ElementType = 'float32'): ValueInfo {
  return { name, type, dims }
}

/** A graph of images [n, 3, 8, 8] → `y`, unless told otherwise. */
export function graphOf(nodes: readonly Node[], constants: Readonly<Record<string, Tensor>>, rest: Partial<Graph> = {}): Graph {
  return {
    inputs: [value('image', ['n', 3, 8, 8])],
    outputs: [value('y')],
    nodes,
    initializers: new Map(Object.entries(constants)),
    opsets: new Map([['', 17]]),
    ...rest,
  }
}

/** A convolution of 8 × 8 images to 6 × 6 × 4, its output's shape declared. */
export function convolution(rest: Partial<Graph> = {}): Graph {
  const nodes = [node('Conv', 'conv', ['image', 'weight', 'bias']), node('Relu', 'y', ['conv'])]
  return graphOf(nodes, { weight: noise([4, 3, 3, 3]), bias: noise([4], 2) }, { outputs: [value('y', ['n', 4, 6, 6])], ...rest })
}

/** Writes the graph as an .onnx file into a new folder and returns the path. */
export function modelFile(graph: Graph, name = 'net.onnx'): string {
  const path = join(tempFolder(), name)
  writeFileSync(path, writeOnnx(graph))
  return path
}
