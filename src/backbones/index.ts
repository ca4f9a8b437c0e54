import type { Backbone, BackboneOptions } from './backbone.js'
import { efficientnetLite0 } from './efficientnet-lite0.js'

/** The backbones that go by name. A new one is one file and one line here. */
export const backbones: Readonly<Record<string, (options: BackboneOptions) => Promise<Backbone>>> = {
  'efficientnet-lite0': efficientnetLite0,
}

export const defaultBackbone = 'efficientnet-lite0'
