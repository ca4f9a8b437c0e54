import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from '../../helpers/temp-folder.js'
import { noiseFloats } from '../../helpers/tiny-graph.js'

/** A node as model.json has it. */
export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
  readonly attr?: Readonly<Record<string, unknown>>
}

/** A constant: whole numbers, or seeded noise of a shape. */
export type GraphConstant =
  | { readonly name: string; readonly integers: readonly number[] | number; readonly shape?: readonly number[] }
  | { readonly name: string; readonly noise: readonly number[]; readonly around?: number }

/** Text as an attribute. */
export const text = (value: string) => ({ s: Buffer.from(value).toString('base64') })
export const texts = (...values: readonly string[]) => ({ list: { s: values.map((value) => text(value).s) } })
export const whole = (...values: readonly number[]) => ({ list: { i: values.map(String) } })

/** The image, [n, side, side, 3]. */
export const placeholder = (side: number | undefined = 16, channels = 3): GraphNode => ({
  name: 'x',
  op: 'Placeholder',
  attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: [-1, side, side, channels].map((size) => ({ size: String(size) })) } } },
})

/** Writes a graph model of these nodes and constants; the path of its model.json. */
export function graphFile(nodes: readonly GraphNode[], constants: readonly GraphConstant[] = [], rest: object = {}): string {
  const folder = tempFolder()
  const filled = constants.map((constant, at) => ({ name: constant.name, ...valuesOf(constant, at) }))
  const consts = filled.map(({ name, dtype, shape }): GraphNode => {
    const type = dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT'
    const tensorShape = { dim: shape.map((size) => ({ size: String(size) })) }
    return { name, op: 'Const', attr: { dtype: { type }, value: { tensor: { dtype: type, tensorShape } } } }
  })
  const weights = filled.map(({ name, dtype, shape }) => ({ name, dtype, shape }))
  writeFileSync(join(folder, 'weights.bin'), Buffer.concat(filled.map(({ data }) => new Uint8Array(data.buffer))))
  const weightsManifest = [{ paths: ['weights.bin'], weights }]
  const json = {
    format: 'graph-model',
    modelTopology: { node: [...consts, ...nodes], versions: { producer: 1 } },
    weightsManifest,
    ...rest,
  }
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json))
  return join(folder, 'model.json')
}

function valuesOf(constant: GraphConstant, seed: number) {
  if ('integers' in constant) {
    const { integers } = constant
    const shape = constant.shape ?? (typeof integers === 'number' ? [] : [integers.length])
    return { dtype: 'int32', shape, data: Int32Array.from([integers].flat()) }
  }
  const { noise: shape, around = 0 } = constant
  const size = shape.reduce((all, side) => all * side, 1)
  return { dtype: 'float32', shape, data: noiseFloats(size, seed + 1).map((value) => value + around) }
}
