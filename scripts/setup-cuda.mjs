#!/usr/bin/env node
/**
 * Fetches onnxruntime's CUDA libraries, which its package does not hold: npm run setup-cuda [-- --without-driver]
 *
 * It runs onnxruntime-node's own install script, which downloads a NuGet package of a few hundred megabytes and puts three
 * libraries of it beside the others. --without-driver: fetch them on a machine that has no GPU, for one that has.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '../dist/base/errors.js'
import { binaries, probeDevice } from '../dist/engine/probe-device.js'

const files = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so', 'libonnxruntime_providers_tensorrt.so']
const say = (line) => process.stdout.write(`${line}\n`)

/** Ends with a message. */
function stop(line, exitCode = 1) {
  process.stderr.write(`setup-cuda: ${line}\n`)
  process.exit(exitCode)
}

const usage = `npm run setup-cuda [-- --without-driver]

Fetches onnxruntime's CUDA libraries, which its package does not hold.

  --without-driver  fetch them on a machine that has no GPU, for one that has
  --help            this text`

function readOptions() {
  const flag = { type: 'boolean', default: false }
  try {
    return parseArgs({ options: { 'without-driver': flag, help: flag } }).values
  } catch (error) {
    return stop(`${messageOf(error)}\n\n${usage}`, 2)
  }
}

const values = readOptions()
if (values.help) {
  say(usage)
  process.exit(0)
}

/** Whether the NVIDIA driver is there: its own file, that of WSL, or its tool. */
function hasDriver() {
  return (
    existsSync('/proc/driver/nvidia/version') ||
    existsSync('/usr/lib/wsl/lib/libcuda.so.1') ||
    spawnSync('nvidia-smi', ['-L'], { stdio: 'ignore' }).status === 0
  )
}

if (process.platform !== 'linux' || process.arch !== 'x64') {
  stop(`onnxruntime-node has CUDA for Linux on x64 only; this is ${process.platform} on ${process.arch}. --device webgpu may work here.`)
}
if (!values['without-driver'] && !hasDriver()) {
  stop(
    'No NVIDIA driver found, so nothing was fetched. Install the driver first, or add -- --without-driver to fetch the libraries all the same.',
  )
}

const folder = binaries()
say(`Fetching onnxruntime's CUDA libraries from api.nuget.org (a few hundred MB) into ${folder}`)
const script = createRequire(import.meta.url).resolve('onnxruntime-node/script/install.js')
// "true" stands above the project's .npmrc, which says "skip"; the script does not know its own word "cuda12" (1.30).
const environment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'true' }
const fetched = spawnSync(process.execPath, [script], { env: environment, stdio: ['ignore', 'inherit', 'pipe'], encoding: 'utf8' })
const missing = files.filter((name) => !existsSync(join(folder, name)))
if (fetched.status !== 0 || missing.length > 0) {
  const reason = /^.*Error.*$/m.exec(fetched.stderr)?.[0].trim() ?? `${missing.join(', ')} not there`
  stop(
    `They could not be fetched (${reason}). It needs the network: api.nuget.org, behind a proxy with GLOBAL_AGENT_HTTPS_PROXY set. Or copy ${files.join(', ')} of the same onnxruntime version into ${folder}.`,
  )
}

const found = await probeDevice('cuda')
if (found.available) say('CUDA is ready: --device cuda, or --device auto, which takes it by itself. npm run gpu-check measures it.')
else
  say(
    `The libraries are there, but CUDA is not ready: ${found.reason}. It also needs CUDA 12 and cuDNN 9, which your system or NVIDIA provides.`,
  )
