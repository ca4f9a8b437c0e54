import type { InputRule } from './backbone.js'

/** What is known of one layer. */
export interface LayerFacts {
  readonly name: string
  /** Keras' class in snake_case; in an .onnx file the operator. */
  readonly kind: string
  /** Of one image, channels last; null where it is not known. */
  readonly shape: readonly number[] | null
  readonly parameters: number
  /** Of one image, in convolutions and matrix products. */
  readonly multiplyAdds: number
}

/** What is known of a network up to the layer that gives its codes. */
export interface BackboneFacts {
  readonly name: string
  /** Side of the square input in pixels. */
  readonly size: number
  readonly layer: string
  /** Channels last; null where only running the network would tell it. */
  readonly codeShape: readonly number[] | null
  readonly codeLength: number | null
  readonly parameters: number
  readonly multiplyAdds: number
  readonly input: InputRule
  /** In the order in which they run. */
  readonly layers: readonly LayerFacts[]
}

/** Puts together what follows from the layers. @param parameters all of them, where layers share some. */
export function backboneFacts(
  facts: Pick<BackboneFacts, 'name' | 'size' | 'layer' | 'codeShape' | 'input' | 'layers'>,
  parameters?: number,
): BackboneFacts {
  const sum = (of: 'parameters' | 'multiplyAdds') => facts.layers.reduce((all, layer) => all + layer[of], 0)
  const codeLength = facts.codeShape && product(facts.codeShape)
  return { ...facts, codeLength, parameters: parameters ?? sum('parameters'), multiplyAdds: sum('multiplyAdds') }
}

export function product(shape: readonly number[]): number {
  return shape.reduce((all, side) => all * side, 1)
}
