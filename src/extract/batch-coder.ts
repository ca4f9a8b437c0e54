import { openSession } from '../engine/open-session.js'
import type { NetworkInput, NetworkResult, Wanted, WorkerSetup } from './messages.js'
import { type CoderTools, NetworkCoder } from './network-coder.js'

/** Turns inputs into codes, a batch at a time, by one network or several. */
export class BatchCoder {
  readonly #coders: readonly NetworkCoder[]

  private constructor(coders: readonly NetworkCoder[]) {
    this.#coders = coders
  }

  /** @throws UserError where a network cannot run as the setup says. */
  static async create({ networks, threads }: WorkerSetup, tools: CoderTools): Promise<BatchCoder> {
    const coders: NetworkCoder[] = []
    try {
      for (const network of networks) coders.push(new NetworkCoder(network, await openSession({ ...network, threads }), tools))
    } catch (error) {
      await closeAll(coders)
      throw error
    }
    return new BatchCoder(coders)
  }

  /** Frees the networks' memory. */
  close(): Promise<void> {
    return closeAll(this.#coders)
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
async function closeAll(coders: readonly NetworkCoder[]): Promise<void> {
  await Promise.allSettled(coders.map((coder) => coder.close()))
}
