import h5wasm from 'h5wasm'
import type { KerasWeights } from '../../src/weights/weights.js'

type Group = InstanceType<typeof h5wasm.Group>

/** Where and how a test file keeps its layers. */
export interface LegacyOptions {
  /** The group that holds them, as in files of whole models. Default: the file itself. */
  readonly inside?: string
  /** Attributes of the file, such as model_config. */
  readonly attributes?: Readonly<Record<string, string>>
  /** Splits the attribute layer_names into `layer_names0`, … of so many names. Default: one attribute. */
  readonly namesPerPart?: number
}

let made = 0

/** The bytes of an HDF5 file that `fill` writes. */
export async function h5Bytes(fill: (root: Group) => void): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready
  const name = `written-${made++}.h5`
  const file = new h5wasm.File(name, 'w')
  fill(file)
  file.close()
  const bytes = FS.readFile(name)
  FS.unlink(name)
  return bytes
}

/** A weight file in the legacy layout. A layer may have no weights. */
export function legacyKerasBytes(layers: KerasWeights, { inside, namesPerPart, attributes = {} }: LegacyOptions = {}): Promise<Uint8Array> {
  return h5Bytes((root) => {
    for (const [name, text] of Object.entries(attributes)) root.create_attribute(name, text)
    const group = inside === undefined ? root : root.create_group(inside)
    writeNames(
      group,
      layers.map(({ layer }) => layer),
      namesPerPart,
    )
    for (const { layer, weights } of layers) {
      const own = groupAt(group, layer.split('/'))
      if (weights.length > 0)
        own.create_attribute(
          'weight_names',
          weights.map(({ name }) => name),
        )
      for (const { name, shape, data } of weights) {
        const parts = name.split('/')
        groupAt(own, parts.slice(0, -1)).create_dataset({ name: parts.at(-1) ?? '', data, shape: [...shape] })
      }
    }
  })
}

function writeNames(group: Group, names: readonly string[], perPart: number | undefined): void {
  if (perPart === undefined) {
    group.create_attribute('layer_names', [...names])
    return
  }
  for (let part = 0; part * perPart < names.length; part++) {
    group.create_attribute(`layer_names${part}`, names.slice(part * perPart, (part + 1) * perPart))
  }
}

/** The group at a path, each one made that is missing. */
export function groupAt(root: Group, path: readonly string[]): Group {
  return path.reduce((group, name) => {
    const found = group.keys().includes(name) ? group.get(name) : group.create_group(name)
    if (found instanceof h5wasm.Group) return found
    throw new Error(`no group ${name}`)
  }, root)
}
