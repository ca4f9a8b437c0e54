import { type Graph, node } from '../../src/graph/graph.js'
import { noisePng, put } from './image-folder.js'
import { tempFolder } from './temp-folder.js'
import { convolution, graphOf, noise, value } from './tiny-graph.js'

/** Three convolutions, 8 × 8 images to 2 × 2 × 6. */
export function threeConvolutions(): Graph {
  const { nodes, initializers } = convolution()
  const more = [
    node('Conv', 'second', ['y', 'second/weight', 'second/bias']),
    node('Relu', 'middle', ['second']),
    node('Conv', 'third', ['middle', 'third/weight']),
    node('Relu', 'top', ['third']),
  ]
  const constants = [
    ['second/weight', noise([5, 4, 3, 3], 3)],
    ['second/bias', noise([5], 4)],
    ['third/weight', noise([6, 5, 3, 3], 5)],
  ] as const
  return {
    ...convolution(),
    nodes: [...nodes, ...more],
    outputs: [value('top', ['n', 6, 2, 2])],
    initializers: new Map([...initializers, ...constants]),
  }
}

/** a, then a branch of b and c around which a goes, then d. */
export function branched(): Graph {
  const nodes = [
    node('Conv', 'a', ['image', 'a/weight']),
    node('Conv', 'b', ['a', 'b/weight']),
    node('Relu', 'c', ['b']),
    node('Add', 'sum', ['a', 'c']),
    node('Conv', 'd', ['sum', 'b/weight']),
  ]
  const constants = { 'a/weight': noise([4, 3, 1, 1]), 'b/weight': noise([4, 4, 1, 1]) }
  return graphOf(nodes, constants, { outputs: [value('d')] })
}

/** A folder of images of two classes that differ a little in brightness. */
export async function twoClasses(count: number): Promise<string> {
  const folder = tempFolder()
  for (let i = 0; i < count; i++) {
    put(folder, `dark/${i}.png`, await noisePng(2 * i + 1, { from: 0, to: 200 }))
    put(folder, `light/${i}.png`, await noisePng(2 * i + 2, { from: 55, to: 255 }))
  }
  return folder
}
