import { Worker } from 'node:worker_threads'
import { UserError } from '../base/errors.js'
import type { BatchFailure, BatchRequest, BatchResult, Wanted, WorkerReply, WorkerRequest, WorkerSetup } from './messages.js'

interface Member {
  readonly worker: Worker
  readonly ready: Promise<void>
  readonly exited: Promise<void>
  readonly waiting: Map<number, { resolve: (result: BatchResult) => void; reject: (error: Error) => void }>
  /** Why the thread takes no more work, once it has ended. */
  readonly failure: () => Error | undefined
}

/** Runs from src/ (tests) and dist/ alike: threads need the built file. */
const workerFile = new URL('../../dist/extract/code-worker.js', import.meta.url)

/** Threads that turn image bytes into codes, each with a session of its own. */
export class WorkerPool {
  readonly #members: readonly Member[]
  #nextId = 0

  private constructor(members: readonly Member[]) {
    this.#members = members
  }

  /** Starts the threads and waits until each has loaded the network. */
  static async start(setup: WorkerSetup, workers: number): Promise<WorkerPool> {
    const pool = new WorkerPool(Array.from({ length: workers }, () => startMember(setup)))
    try {
      await Promise.all(pool.#members.map((member) => member.ready))
    } catch (error) {
      await pool.close()
      throw error
    }
    return pool
  }

  /** Number of threads. */
  get size(): number {
    return this.#members.length
  }

  /** Codes a batch on the thread with the least to do; rejects when one of the threads has ended. */
  code(images: readonly Uint8Array[], wanted: readonly Wanted[]): Promise<BatchResult> {
    for (const { failure } of this.#members) {
      const error = failure()
      if (error) return Promise.reject(error)
    }
    const id = this.#nextId++
    const member = this.#members.reduce((least, other) => (other.waiting.size < least.waiting.size ? other : least))
    return new Promise((resolve, reject) => {
      member.waiting.set(id, { resolve, reject })
      // Exact copies: the buffers of small files share memory with other things and cannot be handed over.
      const copies = images.map((image) => Uint8Array.from(image))
      const request: BatchRequest = { id, images: copies, wanted }
      member.worker.postMessage(
        request,
        copies.map(({ buffer }) => buffer),
      )
    })
  }

  /** Ends the threads when each has done what it had begun: onnxruntime answers a thread's violent end by ending the process. */
  async close(): Promise<void> {
    const end: WorkerRequest = 'end'
    for (const { worker } of this.#members) worker.postMessage(end)
    await Promise.all(this.#members.map((member) => member.exited))
  }
}

function startMember(setup: WorkerSetup): Member {
  const worker = new Worker(workerFile, { workerData: setup })
  const waiting: Member['waiting'] = new Map()
  let failure: Error | undefined
  const fail = (error: Error) => {
    failure ??= error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const ready = new Promise<void>((resolve, reject) => {
    const end = (error: Error) => {
      reject(error)
      fail(error)
    }
    worker.on('message', (reply: WorkerReply) => {
      if (reply === 'ready') return resolve()
      if (isFailure(reply) && reply.id === 'start') return end(errorOf(reply))
      const pending = waiting.get(Number(reply.id))
      waiting.delete(Number(reply.id))
      if (isFailure(reply)) pending?.reject(errorOf(reply))
      else pending?.resolve(reply)
    })
    worker.on('error', end)
    worker.on('exit', (code) => end(new Error(`Expected the worker to stay alive, but it ended with code ${code}`)))
  })
  return { worker, ready, exited, waiting, failure: () => failure }
}

function errorOf({ error, exitCode }: BatchFailure): Error {
  return exitCode === undefined ? new Error(error) : new UserError(error, exitCode)
}

const isFailure = (reply: BatchResult | BatchFailure): reply is BatchFailure => 'error' in reply
