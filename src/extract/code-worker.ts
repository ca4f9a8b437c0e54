import { parentPort, workerData } from 'node:worker_threads'
import { messageOf, UserError } from '../base/errors.js'
import { configureSharp } from '../images/decode.js'
import { BatchCoder } from './batch-coder.js'
import type { BatchFailure, WorkerRequest, WorkerSetup } from './messages.js'

/** The thread that decodes images and runs the network: one batch after the other, the next one's decoding under way meanwhile. */
async function main(setup: WorkerSetup, port: NonNullable<typeof parentPort>): Promise<void> {
  configureSharp()
  const coder = await BatchCoder.create(setup).catch((error: unknown) => {
    port.postMessage(failure('start', error))
  })
  if (!coder) return
  let turn: Promise<void> = Promise.resolve()
  port.on('message', (request: WorkerRequest) => {
    if (request === 'end') {
      turn = turn.then(() => coder.close()).finally(() => port.close())
      return
    }
    const prepared = coder.prepare(request)
    prepared.catch(() => undefined) // it is caught below, when its turn comes
    turn = turn.then(async () => {
      const reply = await prepared.then((batch) => coder.code(request, batch)).catch((error: unknown) => failure(request.id, error))
      port.postMessage(reply, 'results' in reply ? reply.results.map(({ codes }) => codes.buffer) : [])
    })
  })
  port.postMessage('ready')
}

/** Errors lose their class on the way between threads. */
function failure(id: BatchFailure['id'], error: unknown): BatchFailure {
  return { id, error: messageOf(error), exitCode: error instanceof UserError ? error.exitCode : undefined }
}

if (parentPort) await main(workerData, parentPort)
