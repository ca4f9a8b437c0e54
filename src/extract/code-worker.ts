import { parentPort, workerData } from 'node:worker_threads'
import { BufferStock } from '../base/buffer-stock.js'
import { messageOf, UserError } from '../base/errors.js'
import { configureSharp } from '../images/decode.js'
import { createFloat16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'
import { BatchCoder } from './batch-coder.js'
import type {
  BatchFailure,
  BatchRequest,
  BatchResult,
  DecodedBatch,
  DecodedRequest,
  DecoderSetup,
  NetworkInput,
  WorkerReply,
  WorkerRequest,
  WorkerSetup,
} from './messages.js'
import { NetworkInputs } from './network-inputs.js'

type Port = NonNullable<typeof parentPort>

/** The thread that decodes images and runs the networks: one batch after the other, the next one's decoding under way meanwhile. */
async function main(setup: WorkerSetup | DecoderSetup, port: Port): Promise<void> {
  configureSharp()
  try {
    const kernels = createKernels()
    if ('inputs' in setup) return decodeFor(port, new NetworkInputs(setup.inputs, kernels))
    const inputs = new NetworkInputs(setup.networks, kernels)
    const stock = new BufferStock()
    const coder = await BatchCoder.create(setup, { float16: createFloat16(kernels), stock })
    codeFor(port, { inputs, coder, stock })
  } catch (error) {
    port.postMessage(failure('start', error))
  }
}

/** Decodes batch after batch, several at a time. */
function decodeFor(port: Port, inputs: NetworkInputs): void {
  const underWay = new Set<Promise<void>>()
  const decode = async (request: BatchRequest) => {
    inputs.release(request.spare)
    const made = await inputs.make(request)
    const reply: DecodedBatch = { id: request.id, inputs: made }
    port.postMessage(reply, buffersOf(made))
  }
  port.on('message', (request: WorkerRequest) => {
    if (request === 'end') return void Promise.all(underWay).finally(() => port.close())
    if ('inputs' in request) throw new Error('Expected images to decode')
    const one = decode(request)
      .catch((error: unknown) => port.postMessage(failure(request.id, error)))
      .finally(() => underWay.delete(one))
    underWay.add(one)
  })
  port.postMessage('ready' satisfies WorkerReply)
}

interface Coding {
  readonly inputs: NetworkInputs
  readonly coder: BatchCoder
  /** Memory for codes. */
  readonly stock: BufferStock
}

function codeFor(port: Port, { inputs, coder, stock }: Coding): void {
  let turn: Promise<void> = Promise.resolve()
  const prepare = async (request: BatchRequest | DecodedRequest) => {
    if ('inputs' in request) return { made: request.inputs, decode: 0 }
    const started = performance.now()
    return { made: await inputs.make(request), decode: (performance.now() - started) / 1000 }
  }
  port.on('message', (request: WorkerRequest) => {
    if (request === 'end') {
      turn = turn.then(() => coder.close()).finally(() => port.close())
      return
    }
    stock.give(request.spare)
    const prepared = prepare(request)
    prepared.catch(() => undefined) // it is caught below, when its turn comes
    turn = turn.then(async () => {
      try {
        const { made, decode } = await prepared
        const started = performance.now()
        const results = await coder.code(made, request.wanted)
        const seconds = { decode, forward: (performance.now() - started) / 1000 }
        const freed = 'inputs' in request ? buffersOf(made) : []
        if (freed.length === 0) inputs.release(buffersOf(made))
        const reply: BatchResult = { id: request.id, results, seconds, freed }
        port.postMessage(reply, [...results.map(({ codes }) => codes.buffer), ...freed])
      } catch (error) {
        port.postMessage(failure(request.id, error))
      }
    })
  })
  port.postMessage('ready' satisfies WorkerReply)
}

const buffersOf = (inputs: readonly NetworkInput[]) => inputs.map(({ input }) => input.buffer)

/** Errors lose their class on the way between threads. */
function failure(id: BatchFailure['id'], error: unknown): BatchFailure {
  return { id, error: messageOf(error), exitCode: error instanceof UserError ? error.exitCode : undefined }
}

if (parentPort) await main(workerData, parentPort)
