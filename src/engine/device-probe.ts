import { writeSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { clauseOf, messageOf, UserError } from '../base/errors.js'
import { writeOnnx } from '../graph/write-onnx.js'
import type { GpuDevice, Probe } from './device.js'
import { createSession, type Output, type Session } from './onnx-session.js'
import { deviceTolerance, parityOf } from './parity.js'
import { type ProbeNetwork, probeNetwork } from './probe-network.js'

/**
 * The program that tries a device, in a process of its own: drivers write to the terminal, and some end the process.
 *
 * Takes the device as its argument and a network on its standard input (none: nothing), and writes what it found as JSON to
 * its fourth stream, where no driver writes.
 */
async function main(device: GpuDevice): Promise<void> {
  const model = await buffer(process.stdin)
  const found = await tryDevice(device, model).catch((error: unknown): Probe => ({ available: false, reason: reasonOf(error) }))
  writeSync(3, JSON.stringify(found))
}

function reasonOf(error: unknown): string {
  if (error instanceof UserError) return 'onnxruntime would run some layers of this network on the CPU'
  // onnxruntime's messages begin with the place in its source and the condition that did not hold.
  const said = messageOf(error).split(' was false. ').at(-1) ?? ''
  return `it does not start: ${clauseOf(said)}`
}

async function tryDevice(device: GpuDevice, model: Uint8Array): Promise<Probe> {
  const network = probeNetwork()
  const bytes = writeOnnx(network.graph)
  const onCpu = await using(await createSession(bytes, 1), async (session) => {
    const { output } = await timed(session, network)
    return { output, seconds: (await timed(session, network)).seconds }
  })
  const { worst, software } = await using(await createSession(bytes, 1, { provider: device }), async (session) => {
    const { output } = await timed(session, network) // builds what later runs take as it is
    return { ...parityOf(output, onCpu.output), software: device === 'webgpu' && (await isSoftware(session, network, onCpu.seconds)) }
  })
  if (!(worst <= deviceTolerance)) {
    return {
      available: false,
      reason: `it computes other numbers than the CPU (off by ${worst.toPrecision(2)} of their standard deviation)`,
    }
  }
  if (model.length > 0) await using(await createSession(model, 1, { provider: device }), async () => undefined)
  return { available: true, software }
}

/** Whether the CPU works more than when it computes by itself, by far or twice. */
async function isSoftware(session: Session, network: ProbeNetwork, cpuSeconds: number): Promise<boolean> {
  const { seconds } = await timed(session, network)
  if (seconds <= cpuSeconds || seconds > 4 * cpuSeconds) return seconds > cpuSeconds
  return (await timed(session, network)).seconds > cpuSeconds
}

async function using<T>(session: Session, use: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await use(session)
  } finally {
    await session.release()
  }
}

/** One run, with the CPU time that all threads took for it. */
async function timed(session: Session, { input, dims }: ProbeNetwork): Promise<{ output: Output; seconds: number }> {
  const before = process.cpuUsage()
  const output = await session.run(input, dims)
  const { user, system } = process.cpuUsage(before)
  return { output, seconds: (user + system) / 1e6 }
}

const [, , device] = process.argv
if (device === 'cuda' || device === 'webgpu') await main(device)
