import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../base/errors.js'
import { LocalStem } from './local-stem.js'
import type { StemCall, StemReply } from './stem-thread.js'

// A thread with a stem: answers one call after another.
const stem = new LocalStem(workerData)
let last: Promise<void> = Promise.resolve()

parentPort?.on('message', (call: StemCall | 'close') => {
  last = last.then(async () => (call === 'close' ? parentPort?.close() : parentPort?.postMessage(await answer(call))))
})

async function answer(call: StemCall): Promise<StemReply> {
  try {
    return { result: await ask(call) }
  } catch (error) {
    return { error: messageOf(error) }
  }
}

function ask(call: StemCall) {
  switch (call.method) {
    case 'load':
      return stem.load(...call.parameters)
    case 'forward':
      return stem.forward(...call.parameters)
    case 'squaredNorm':
      return stem.squaredNorm(...call.parameters)
    case 'learn':
      return stem.learn(...call.parameters)
    case 'state':
      return stem.state(...call.parameters)
    case 'restore':
      return stem.restore(...call.parameters)
    case 'saved':
      return stem.saved()
  }
}
