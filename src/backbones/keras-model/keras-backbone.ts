import { basename } from 'node:path'
import { GraphBuilder } from '../../graph/builder.js'
import type { Layer } from '../../graph/builder-layer.js'
import type { Graph } from '../../graph/graph.js'
import type { KerasModelFile } from '../../weights/read-keras-model.js'
import type { Backbone, BackboneOptions } from '../backbone.js'
import { convertedBackbone } from '../converted-backbone.js'
import { imageSide } from '../image-side.js'
import { refuseOptions } from '../refuse-options.js'
import { converting, Unconvertible } from '../unconvertible.js'
import { chooseSize } from '../user-input.js'
import { addModel } from './convert-model.js'
import { matchWeights } from './match-weights.js'
import { parseModel } from './parse-model.js'
import { inputsOf } from './stated-inputs.js'
import type { KerasModel } from './topology.js'

/**
 * A Keras model of the user's: its layers become a graph, channels first, in which they bear their names.
 *
 * @param path of the file, for its name and in errors.
 */
export function kerasBackbone(path: string, file: KerasModelFile, options: BackboneOptions): Backbone {
  refuseOptions(basename(path), options, ['weights'])
  const model = converting(path, () => parseModel(file.model))
  const size = chooseSize(options.size, imageSide(inputsOf(model), path), path)
  const { graph, output } = converting(path, () => convert(model, file, size))
  return convertedBackbone(path, { graph, output, size, digest: file.digest }, options)
}

/** The graph of a whole model for images of one size. `output`: where it ends, by default where codes are taken. */
function convert(model: KerasModel, file: KerasModelFile, size: number): { readonly graph: Graph; readonly output: string } {
  const net = new GraphBuilder(size, 'keras', { image: ':image' }) // no layer goes by such a name
  const weighted = new Map<string, Layer>()
  const keras = Number.parseInt(file.version, 10) >= 3 ? 3 : 2
  const [output] = addModel({ net, keras, weighted }, model, [net.image])
  if (!output || output.name === net.image.name) throw new Unconvertible('a model without layers')
  return { graph: net.finish(output, matchWeights({ model, weighted }, file.weights)), output: output.name }
}
