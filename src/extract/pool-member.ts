import { Worker } from 'node:worker_threads'
import { UserError } from '../base/errors.js'
import type {
  BatchFailure,
  BatchRequest,
  BatchResult,
  DecodedBatch,
  DecodedRequest,
  DecoderSetup,
  WorkerReply,
  WorkerRequest,
  WorkerSetup,
} from './messages.js'

type Reply = BatchResult | DecodedBatch
interface Waiting {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

/** Runs from src/ (tests) and dist/ alike: threads need the built file. */
const workerFile = new URL('../../dist/extract/code-worker.js', import.meta.url)

/** A thread that is asked and answers. */
export class PoolMember {
  /** Settles when the thread has loaded what it needs. */
  readonly ready: Promise<void>
  readonly exited: Promise<void>
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #failure: Error | undefined

  constructor(setup: WorkerSetup | DecoderSetup) {
    this.#worker = new Worker(workerFile, { workerData: setup })
    this.exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
    this.ready = new Promise((resolve, reject) => {
      const end = (error: Error) => {
        reject(error)
        this.#fail(error)
      }
      this.#worker.on('message', (reply: WorkerReply) => {
        if (reply === 'ready') resolve()
        else if (isFailure(reply) && reply.id === 'start') end(errorOf(reply))
        else this.#settle(reply)
      })
      this.#worker.on('error', end)
      this.#worker.on('messageerror', end) // an answer that cannot be read is one that never comes
      this.#worker.on('exit', (code) => end(new Error(`Expected the worker to stay alive, but it ended with code ${code}`)))
    })
  }

  /** Why the thread takes no more work, once it has ended. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Batches that it was asked for and has not answered. */
  get load(): number {
    return this.#waiting.size
  }

  /** Has a batch decoded, and coded by a thread that can. */
  ask(request: BatchRequest | DecodedRequest, transfer: readonly ArrayBuffer[]): Promise<Reply> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#worker.postMessage(request, [...transfer, ...request.spare])
      this.#waiting.set(request.id, { resolve, reject }) // not where it cannot be posted: nobody would answer
    })
  }

  /** Ends the thread when it has done what it had begun: onnxruntime answers a thread's violent end by ending the process. */
  async end(): Promise<void> {
    const request: WorkerRequest = 'end'
    this.#worker.postMessage(request)
    await this.exited
  }

  #settle(reply: Reply | BatchFailure): void {
    const pending = this.#waiting.get(Number(reply.id))
    this.#waiting.delete(Number(reply.id))
    if (isFailure(reply)) pending?.reject(errorOf(reply))
    else pending?.resolve(reply)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

function errorOf({ error, exitCode }: BatchFailure): Error {
  return exitCode === undefined ? new Error(error) : new UserError(error, exitCode)
}

const isFailure = (reply: Reply | BatchFailure): reply is BatchFailure => 'error' in reply
