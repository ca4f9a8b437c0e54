import { basename } from 'node:path'
import { cutAt, resolveLayer } from '../graph/cut.js'
import type { Graph } from '../graph/graph.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { inputRule } from './user-input.js'

/** A user's network that became a graph, channels first. */
export interface ConvertedNetwork {
  readonly graph: Graph
  /** The tensor where it ends, which gives codes unless another layer is asked for. */
  readonly output: string
  /** Side of its images in pixels. */
  readonly size: number
  /** sha256 of its file and all that belongs to it. */
  readonly digest: string
}

/** @param path of the file, whose name the backbone bears. */
export function convertedBackbone(path: string, { graph, output, size, digest }: ConvertedNetwork, options: BackboneOptions): Backbone {
  const layer = resolveLayer(graph, options.layer ?? output)
  return {
    name: basename(path),
    identity: { file: digest, conversion: '1' },
    graph: cutAt(graph, layer),
    layer,
    size,
    layout: 'nchw',
    batch: undefined,
    input: inputRule(options),
  }
}
