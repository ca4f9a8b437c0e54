import { architectures } from './architectures.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { efficientnetLite0 } from './efficientnet-lite0.js'
import { namedBackbone } from './named-backbone.js'

/** The backbones that go by name; those that are built from weight files stand in `architectures`. */
export const backbones: ReadonlyMap<string, (options: BackboneOptions) => Promise<Backbone>> = new Map([
  ['efficientnet-lite0', efficientnetLite0],
  ...[...architectures].map(([name, architecture]) => [name, (options: BackboneOptions) => namedBackbone(architecture, options)] as const),
])

export const defaultBackbone = 'efficientnet-lite0'
