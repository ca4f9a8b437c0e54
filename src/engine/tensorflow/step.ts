import { layerName, type Node } from '../../graph/graph.js'
import type { Compiled, Inputs } from './operator.js'
import type { Tensorflow, TfTensor } from './tensorflow.js'
import { channelsFirst, plain, type Value } from './value.js'

/** A node ready to run. */
export interface Step extends Compiled {
  readonly node: Node
  /** What `prepare` makes of its input where that is a constant. */
  readonly prepared?: TfTensor | undefined
}

/** Finds a tensor by name. */
export type Find = (name: string) => Value | undefined

/** Computes a node's outputs, by name; the tensors are the caller's to dispose of. */
export function evaluate(tf: Tensorflow, step: Step, find: Find): [name: string, value: Value][] {
  const named: [string, Value][] = []
  const tensors = tf.tidy(() => {
    const inputs = inputsOf(tf, step, find)
    const result = step.apply(inputs)
    for (const [i, value] of ('tensor' in result ? [result] : result).entries()) {
      const name = step.node.outputs[i]
      if (name) named.push([name, value])
    }
    const taken = new Set(inputs.all.map(({ tensor }) => tensor))
    return named.map(([, { tensor }]) => (taken.has(tensor) ? tf.clone(tensor) : tensor))
  })
  return named.map(([name, value], i) => [name, { ...value, tensor: tensors[i] ?? value.tensor }])
}

function inputsOf(tf: Tensorflow, { node, prepare, prepared }: Step, find: Find): Inputs {
  const values = node.inputs.map((name, position) => {
    if (position !== prepare?.position) return find(name)
    if (prepared) return plain(prepared)
    const value = find(name)
    return value && plain(prepare.by(channelsFirst(tf, value)))
  })
  return {
    at(position) {
      const value = values[position]
      if (value) return value
      throw new Error(`Expected layer "${layerName(node)}" (${node.op}) to have a tensor at input ${position}`)
    },
    optional: (position) => values[position],
    all: values.filter((value) => value !== undefined),
  }
}
