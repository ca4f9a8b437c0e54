#!/usr/bin/env node
/**
 * What this machine's devices give: npm run gpu-check [-- --batch 8] [--seconds 3]
 *
 * Runs efficientnet-lite0 on the golden image on every device that is there: how near its codes are to those of the CPU,
 * what really ran, and images per second of one session (decoding not counted). Says why a device is not there.
 */
import { parseArgs } from 'node:util'
import { efficientnetLite0 } from '../dist/backbones/efficientnet-lite0.js'
import { goldenInput } from '../dist/backbones/golden.js'
import { messageOf, usageError } from '../dist/base/errors.js'
import { openSession } from '../dist/engine/open-session.js'
import { deviceTolerance, parityOf } from '../dist/engine/parity.js'
import { resolveEngine } from '../dist/engine/resolve-engine.js'
import { withChannelsLast } from '../dist/graph/layout.js'
import { writeOnnx } from '../dist/graph/write-onnx.js'

const usage = `npm run gpu-check [-- --batch 8] [--seconds 3]

Runs efficientnet-lite0 on every device that is there: does it agree with the CPU, and how many images a second does it do?

  --batch    images in a batch, a whole number of at least 1 [default: 8]
  --seconds  how long each device is measured, more than 0 [default: 3]
  --help     this text
`

/** @throws Error when an option is unknown or breaks its rule. */
function readOptions() {
  const text = (value) => ({ type: 'string', default: value })
  const { values } = parseArgs({ options: { batch: text('8'), seconds: text('3'), help: { type: 'boolean', default: false } } })
  const [batch, seconds] = [Number(values.batch), Number(values.seconds)]
  if (!Number.isSafeInteger(batch) || batch < 1) throw usageError('--batch', 'a whole number of at least 1', values.batch)
  if (!(seconds > 0 && seconds < Infinity)) throw usageError('--seconds', 'a number above 0', values.seconds)
  return { batch, seconds, help: values.help }
}

/** The options, or the end of the process: 0 after --help, 2 after wrong usage. */
function optionsOrEnd() {
  try {
    const options = readOptions()
    if (!options.help) return options
    process.stdout.write(usage)
    process.exit(0)
  } catch (error) {
    process.stderr.write(`gpu-check: ${messageOf(error)}\n\n${usage}`)
    process.exit(2)
  }
}

const { batch, seconds } = optionsOrEnd()

const backbone = await efficientnetLite0({})
const model = writeOnnx(withChannelsLast(backbone.graph))
const image = goldenInput(backbone.size, backbone.input)

/** A batch of copies of the golden image. */
function copies(count) {
  const input = new Float32Array(count * image.length)
  for (let i = 0; i < count; i++) input.set(image, i * image.length)
  return [input, [count, 3, backbone.size, backbone.size]]
}

/** One image's code, and images per second. */
async function measure(on) {
  const session = await openSession({ model, threads: 0, on })
  try {
    const output = await session.run(...copies(1))
    const count = on.provider === 'webgpu-software' ? 1 : batch
    const input = copies(count)
    await session.run(...input)
    const started = performance.now()
    let images = 0
    do {
      await session.run(...input)
      images += count
    } while (performance.now() - started < 1000 * seconds)
    return { output, rate: (1000 * images) / (performance.now() - started) }
  } finally {
    await session.release()
  }
}

let reference
let failed = false
for (const [engine, device] of [
  ['onnx', 'cpu'],
  ['onnx', 'cuda'],
  ['onnx', 'webgpu'],
  ['tensorflow', 'auto'],
]) {
  const name = engine === 'onnx' ? `onnxruntime ${device}` : 'tensorflow'
  try {
    const info = await resolveEngine({ engine, device, model })
    const { output, rate } = await measure(info)
    reference ??= output
    const { cosine, worst } = parityOf(output, reference)
    const near = worst <= deviceTolerance
    failed ||= !near
    const parity =
      output === reference
        ? 'the reference'
        : `${near ? 'agrees' : 'DIFFERS'}: cosine ${cosine.toFixed(7)}, worst difference ${worst.toExponential(1)} of the standard deviation`
    const note = info.provider === 'webgpu-software' ? ' (no GPU but a program on the CPU; --device auto does not count it)' : ''
    process.stdout.write(`${name}: ran on ${info.provider}${note}, version ${info.version}, ${rate.toFixed(1)} images/s, ${parity}\n`)
  } catch (error) {
    process.stdout.write(`${name}: not available. ${messageOf(error)}\n`)
  }
}
process.exitCode = failed ? 1 : 0
