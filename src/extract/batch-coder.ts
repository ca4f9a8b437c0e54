import { openSession } from '../engine/open-session.js'
import type { NetworkInput, NetworkResult, NetworkSetup, Wanted, WorkerSetup } from './messages.js'
import { type CoderTools, NetworkCoder } from './network-coder.js'

/** Turns inputs into codes, a batch at a time, by one network or several. */
export class BatchCoder {
  readonly #coders: readonly NetworkCoder[]

  private constructor(coders: readonly NetworkCoder[]) {
    this.#coders = coders
  }

  /** @throws UserError where a network cannot run as the setup says. */
  static async create({ networks, threads }: WorkerSetup, tools: CoderTools): Promise<BatchCoder> {
    // Views of the same images, and images prepared in several ways, go through one network.
    const coders = new Map<Uint8Array, NetworkCoder>()
    const make = async (network: NetworkSetup) => {
      const coder = coders.get(network.model) ?? new NetworkCoder(network, await openSession({ ...network, threads }), tools)
      coders.set(network.model, coder)
      return coder
    }
    const all: NetworkCoder[] = []
    try {
      for (const network of networks) all.push(await make(network))
    } catch (error) {
      await closeAll(coders.values())
      throw error
    }
    return new BatchCoder(all)
  }

  /** Frees the networks' memory. */
  close(): Promise<void> {
    return closeAll(new Set(this.#coders))
  }

  /** The codes of the images that are good, of each network in turn. */
  async code(inputs: readonly NetworkInput[], wanted: readonly Wanted[]): Promise<NetworkResult[]> {
    const results: NetworkResult[] = []
    for (const [which, coder] of this.#coders.entries()) {
      const [input, one] = [inputs[which], wanted[which]]
      if (!input || !one) throw new Error(`Expected a batch for network ${which}`)
      results.push(await coder.code(input, one.dtype))
    }
    return results
  }
}

/** Closes all of them, whatever happens to one. */
async function closeAll(coders: Iterable<NetworkCoder>): Promise<void> {
  await Promise.allSettled([...coders].map((coder) => coder.close()))
}
