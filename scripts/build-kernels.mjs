// Compiles src/kernels/assembly (AssemblyScript) to dist/kernels/kernels.wasm. Run by `npm run build`, before or after tsc.
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
const output = path.join(root, 'dist/kernels/kernels.wasm')

await mkdir(path.dirname(output), { recursive: true })
// biome-ignore format: one option a line
const { error, stderr } = await main([
  'src/kernels/assembly/index.ts',
  '--baseDir', root,
  '--outFile', path.relative(root, output),
  '-O3',
  '--noAssert',
  '--enable', 'simd',
  '--runtime', 'stub',
  '--importMemory',
  '--use', 'abort=',
])
const report = stderr.toString()
if (report) process.stderr.write(report)
if (error) {
  process.stderr.write(`The kernels did not compile: ${error.message}\n`)
  process.exitCode = 1
}
