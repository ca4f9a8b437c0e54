import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKernels } from '../../src/kernels/kernels.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kernels-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('createKernels', () => {
  it('says what to do where the compiled kernels are missing', () => {
    const file = join(folder, 'none.wasm')
    expect(() => createKernels({ wasm: pathToFileURL(file) })).toThrow(
      `Expected the compiled kernels at ${file}, found none. Run \`npm run build\` first.`,
    )
  })

  it('says what to do where they are older than the code', async () => {
    const file = join(folder, 'empty.wasm')
    await writeFile(file, Buffer.from('\0asm\x01\0\0\0', 'latin1'))
    const message = 'The compiled kernels lack "heapBase": they are older than the code. Run `npm run build`.'
    expect(() => createKernels({ wasm: pathToFileURL(file) })).toThrow(message)
  })

  it('refuses more working memory than there is', () => {
    expect(() => createKernels().scratch(2 ** 33)).toThrow('The kernels need 8193 MiB of WebAssembly memory')
  })

  it('grows its memory with what is asked, from one aligned base', () => {
    const kernels = createKernels()
    expect(kernels.base % 16).toBe(0)
    expect(kernels.scratch(1)).toBe(kernels.base)
    expect(kernels.memory.buffer.byteLength).toBe(65_536)
    expect(kernels.scratch(100_000)).toBe(kernels.base)
    expect(kernels.memory.buffer.byteLength).toBe(131_072)
  })

  it('keeps instances apart', () => {
    const [a, b] = [createKernels(), createKernels()]
    new Uint8Array(a.memory.buffer).fill(7)
    expect(new Uint8Array(b.memory.buffer, b.base, 16)).toEqual(new Uint8Array(16))
  })
})
