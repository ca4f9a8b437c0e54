import { openSession } from '../engine/open-session.js'
import { createFloat16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'
import type { BatchRequest, BatchResult, NetworkResult, WorkerSetup } from './messages.js'
import { NetworkCoder } from './network-coder.js'
import { type NetworkInput, NetworkInputs } from './network-inputs.js'

/** Turns the bytes of image files into codes, a batch at a time, by one network or several. */
export class BatchCoder {
  readonly #inputs: NetworkInputs
  readonly #coders: readonly NetworkCoder[]

  private constructor(inputs: NetworkInputs, coders: readonly NetworkCoder[]) {
    this.#inputs = inputs
    this.#coders = coders
  }

  static async create({ networks, threads }: WorkerSetup): Promise<BatchCoder> {
    const kernels = createKernels()
    const float16 = createFloat16(kernels)
    const coders: NetworkCoder[] = []
    try {
      for (const network of networks) coders.push(new NetworkCoder(network, await openSession({ ...network, threads }), float16))
    } catch (error) {
      await closeAll(coders)
      throw error
    }
    return new BatchCoder(new NetworkInputs(networks, kernels), coders)
  }

  /** Frees the networks' memory. */
  close(): Promise<void> {
    return closeAll(this.#coders)
  }

  /** Decodes and resizes; another batch may be coded meanwhile. */
  prepare(request: BatchRequest): Promise<NetworkInput[]> {
    return this.#inputs.make(request)
  }

  /** The codes of the images that are good, of each network in turn. */
  async code({ id, wanted }: BatchRequest, inputs: readonly NetworkInput[]): Promise<BatchResult> {
    const results: NetworkResult[] = []
    for (const [which, coder] of this.#coders.entries()) {
      const [input, one] = [inputs[which], wanted[which]]
      if (!input || !one) throw new Error(`Expected a batch for network ${which}`)
      results.push(await coder.code(input, one.dtype))
      this.#inputs.release(which, input.input)
    }
    return { id, results }
  }
}

/** Closes all of them, whatever happens to one. */
async function closeAll(coders: readonly NetworkCoder[]): Promise<void> {
  await Promise.allSettled(coders.map((coder) => coder.close()))
}
