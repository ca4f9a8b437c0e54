import type { Bundle } from '../load-bundle.js'
import type { ExportedFile } from '../onnx/export-onnx.js'
import { writeExported } from '../write-exported.js'
import { type KerasHeadLayer, kerasLayers } from './keras-layers.js'

/** What wrote the file's layout: the first version of Keras 3 that reads such files. */
const kerasVersion = '3.0.0'

let written = 0

/**
 * Writes a bundle's head, without its network, as a whole model that keras.models.load_model opens: codes [n, D] in (after pooling, of channels last),
 * probabilities [n, classes] out. The layout is Keras' HDF5 one: the configuration as JSON in an attribute, weights in groups by layer.
 *
 * @throws UserError where Keras has no such layer, or the file cannot be written.
 */
export async function exportKeras(bundle: Bundle, { out }: { readonly out: string }): Promise<ExportedFile> {
  const bytes = await kerasModel(bundle.name, kerasLayers(bundle), bundle.codeLength)
  await writeExported(out, bytes)
  return { file: out, bytes: bytes.length, labels: bundle.labels }
}

async function kerasModel(name: string, layers: readonly KerasHeadLayer[], inputs: number): Promise<Uint8Array> {
  const { default: h5wasm } = await import('h5wasm') // decodes and compiles megabytes of WebAssembly, which few commands need
  const { FS } = await h5wasm.ready
  const path = `head-${written++}.h5` // in the memory of the library, not on a disk
  const file = new h5wasm.File(path, 'w')
  try {
    file.create_attribute('keras_version', kerasVersion)
    file.create_attribute('backend', 'tensorflow')
    file.create_attribute('model_config', JSON.stringify(modelConfig(name, layers, inputs)))
    const all = file.create_group('model_weights')
    all.create_attribute('keras_version', kerasVersion)
    all.create_attribute('backend', 'tensorflow')
    all.create_attribute(
      'layer_names',
      layers.map(({ config }) => config.name),
    )
    for (const { config, weights } of layers) {
      const group = all.create_group(config.name)
      group.create_attribute(
        'weight_names',
        weights.map((weight) => `${config.name}/${weight.name}`),
      )
      const inner = group.create_group(config.name)
      for (const { name: weight, shape, data } of weights) inner.create_dataset({ name: weight, data, shape: [...shape] })
    }
  } finally {
    file.close()
  }
  const bytes = FS.readFile(path)
  FS.unlink(path)
  return bytes
}

function modelConfig(name: string, layers: readonly KerasHeadLayer[], inputs: number): object {
  const input = { class_name: 'InputLayer', config: { name: 'code', batch_shape: [null, inputs], dtype: 'float32' } }
  const others = layers.map(({ className, config }) => ({ class_name: className, config: { ...config, dtype: 'float32' } }))
  return { class_name: 'Sequential', config: { name: name.replaceAll(/[^A-Za-z0-9_]/g, '_') || 'head', layers: [input, ...others] } }
}
