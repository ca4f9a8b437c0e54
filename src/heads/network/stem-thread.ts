import { Worker } from 'node:worker_threads'
import type { StemSetup } from './local-stem.js'
import type { Stem } from './stem.js'

/** What a thread can be asked: a stem's methods. */
export type StemMethod = Exclude<keyof Stem, 'close'>

/** A question to a thread. */
export type StemCall = { readonly [M in StemMethod]: { readonly method: M; readonly parameters: Parameters<Stem[M]> } }[StemMethod]

/** Its answer; in the order of the questions. */
export type StemReply = { readonly result: Awaited<ReturnType<Stem[StemMethod]>> } | { readonly error: string }

type Settle = (reply: StemReply) => void

/** Runs from src/ (tests) and dist/ alike: threads need the built file. */
const workerFile = new URL('../../../dist/heads/network/stem-worker.js', import.meta.url)

/** A thread with a stem on some of the columns. */
export class StemThread {
  readonly setup: StemSetup
  readonly #worker: Worker
  readonly #waiting: Settle[] = []
  #failure: string | undefined

  constructor(setup: StemSetup) {
    this.setup = setup
    this.#worker = new Worker(workerFile, { workerData: setup })
    this.#worker.on('message', (reply: StemReply) => this.#waiting.shift()?.(reply))
    this.#worker.on('error', (error) => this.#fail(error.message))
    this.#worker.on('exit', (code) => this.#fail(`it ended with code ${code}`))
  }

  /** Asks, and waits for the answer. */
  call<M extends StemMethod>(method: M, ...parameters: Parameters<Stem[M]>): ReturnType<Stem[M]>
  async call(method: StemMethod, ...parameters: unknown[]): Promise<unknown> {
    if (this.#failure !== undefined) throw new Error(this.#failure)
    this.#worker.postMessage({ method, parameters })
    const reply = await new Promise<StemReply>((resolve) => this.#waiting.push(resolve))
    if ('error' in reply) throw new Error(reply.error)
    return reply.result
  }

  #fail(reason: string): void {
    this.#failure ??= `Expected a training thread to stay alive, but ${reason}`
    for (const settle of this.#waiting.splice(0)) settle({ error: this.#failure })
  }

  /** Ends the thread once it has answered: onnxruntime does not bear to be cut off. */
  async close(): Promise<void> {
    if (this.#failure !== undefined) return
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#worker.postMessage('close')
    await exited
  }
}
