#!/usr/bin/env node
/**
 * Seconds from the start of a process until a network is ready to run: node scripts/measure-load.mjs [--model inceptionv3] [--repeats 7]
 *
 * Writes random weights into a Keras .h5 of the legacy layout, then loads them in new processes: first without the cache of
 * built graphs, then from it. Prints medians as JSON.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'inceptionv3' },
    repeats: { type: 'string', default: '7' },
    load: { type: 'string' },
    cache: { type: 'string' },
  },
})
const load = values.load === undefined ? measure : loadOnce
process.stdout.write(`${JSON.stringify(await load(values))}\n`)

/** One load, in a process of its own: what it takes up to the graph's bytes, and up to the session. */
async function loadOnce({ model, load: weights, cache }) {
  const { resolveBackbone } = await import('../dist/backbones/resolve-backbone.js')
  const { codeGraph } = await import('../dist/extract/code-graph.js')
  const { createSession } = await import('../dist/engine/onnx-session.js')
  const imported = performance.now()
  const backbone = await resolveBackbone(model, { weights, cache })
  const resolved = performance.now()
  const bytes = await codeGraph(backbone)
  const written = performance.now()
  await createSession(bytes, 1)
  const ready = performance.now() // counts from the start of the process
  const { user, system } = process.cpuUsage()
  const cpu = (user + system) / 1000 // what it takes on a machine that others use too
  return { imports: imported, graph: resolved - imported, bytes: written - resolved, session: ready - written, total: ready, cpu }
}

async function measure({ model, repeats }) {
  const folder = mkdtempSync(join(tmpdir(), 'cnn-codes-load-'))
  try {
    const weights = join(folder, `${model}.h5`)
    writeFileSync(weights, await randomH5(model))
    const run = (cache) =>
      JSON.parse(
        execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--model', model, '--load', weights, '--cache', cache], {
          encoding: 'utf8',
        }),
      )
    const first = []
    const again = []
    for (let i = 0; i < Number(repeats); i++) {
      const cache = join(folder, `cache${i}`)
      first.push(run(cache))
      again.push(run(cache))
      rmSync(cache, { recursive: true, force: true })
    }
    return { model, repeats: first.length, fromH5: medians(first), fromCache: medians(again) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Milliseconds as seconds, the median of each part. */
function medians(runs) {
  const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
  return Object.fromEntries(Object.keys(runs[0]).map((part) => [part, Number((median(runs.map((run) => run[part])) / 1000).toFixed(3))]))
}

/** The bytes of a weight file for a network of Keras. */
async function randomH5(model) {
  const { default: h5wasm } = await import('h5wasm')
  const { architectures } = await import('../dist/backbones/architectures.js')
  const { network } = await import('../dist/backbones/architecture.js')
  const { kerasOrder } = await import('../dist/backbones/keras-order.js')
  const { randomWeights } = await import('../dist/backbones/random-weights.js')
  const { FS } = await h5wasm.ready
  const net = network(architectures.get(model))
  const weights = randomWeights(net, 0)
  const layers = kerasOrder(net.layers, net.output.name).filter((layer) => layer.weights.length > 0)
  const file = new h5wasm.File('random.h5', 'w')
  file.create_attribute(
    'layer_names',
    layers.map(({ name }) => name),
  )
  for (const { name, weights: slots } of layers) {
    const group = file.create_group(name)
    group.create_attribute(
      'weight_names',
      slots.map((slot) => `${name}/${slot.name}:0`),
    )
    const inner = group.create_group(name)
    slots.forEach((slot, at) => void inner.create_dataset({ name: `${slot.name}:0`, data: weights.get(name)[at], shape: [...slot.shape] }))
  }
  file.close()
  return FS.readFile('random.h5')
}
