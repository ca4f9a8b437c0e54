import { type Graph, node } from '../../src/graph/graph.js'
import { noisePng, put } from './image-folder.js'
import { tempFolder } from './temp-folder.js'
import { convolution, noise, value } from './tiny-graph.js'

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

/** A folder of images of two classes that differ a little in brightness. */
export async function twoClasses(count: number): Promise<string> {
  const folder = tempFolder()
  for (let i = 0; i < count; i++) {
    put(folder, `dark/${i}.png`, await noisePng(2 * i + 1, { from: 0, to: 200 }))
    put(folder, `light/${i}.png`, await noisePng(2 * i + 2, { from: 55, to: 255 }))
  }
  return folder
}
