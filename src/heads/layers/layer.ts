import type { Matrix } from '../../engine/gemm.js'
import type { Step } from '../optimizers/optimizer.js'
import type { SavedLayer } from '../save-head.js'
import type { Parameter } from './parameter.js'

/** Activations of a batch, [n, features], as blocks of columns: wide codes are worked through a block at a time. */
export type Blocks = readonly Matrix[]

/** One way through the layers. */
export interface Pass {
  /** Statistics of the batch and dropout, or those learnt and none. */
  readonly training: boolean
  /** Stream of this step's random numbers. */
  readonly key: number
}

/** A layer of a head. Inputs and gradients are the layer's own to keep or change. */
export interface Layer {
  /** What training changes and resuming needs, by name. */
  readonly parameters: { readonly [name: string]: Parameter }
  /** What is learnt without gradients, by name: moving statistics. */
  readonly statistics?: { readonly [name: string]: Float32Array }
  forward(input: Blocks, pass: Pass): Promise<Blocks>
  /** From ∂loss/∂output to ∂loss/∂input, which is empty where it is not `wanted`; keeps what `update` needs. */
  backward(gradient: Blocks, wanted: boolean): Promise<Blocks>
  /** ‖∂loss/∂parameters‖² after `backward`, without making that gradient where it is large. */
  squaredNorm(): Promise<number>
  /** Moves the parameters along the gradient of the last `backward`; several settings have equal columns of the outputs each. */
  update(steps: readonly Step[]): Promise<void>
  /** What a bundle keeps; undefined for what only training has. */
  saved(): SavedLayer | undefined
}
