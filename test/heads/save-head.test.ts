import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkHeadName, saveHead, toHeadName } from '../../src/heads/save-head.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const head = {
  layers: [
    {
      type: 'dense',
      settings: { activation: 'softmax' },
      tensors: {
        kernel: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
        bias: { shape: [3], data: Float32Array.of(0.5, 0, -0.5) },
      },
    },
  ],
  labels: ['a', 'b', 'c'],
  description: { pool: 'none' },
}

describe('checkHeadName', () => {
  it.each(['../x', '', '.hidden', '-x', 'a/b', 'a b', 'ä'])('refuses "%s"', async (name) => {
    const error = await userErrorOf(() => checkHeadName(name))
    expect(error.message).toBe(`Expected --name to be letters, digits, ".", "_" and "-", not beginning with "." or "-", got "${name}".`)
    expect(error.exitCode).toBe(2)
  })

  it.each(['x', '_x', 'a.b-c_1'])('takes "%s"', (name) => {
    checkHeadName(name)
  })
})

describe('toHeadName', () => {
  it.each([
    ['net.onnx-flat-softmax', 'net.onnx-flat-softmax'],
    ['../../x y', 'x-y'],
    ['../', 'head'],
  ])('makes %s into %s', (text, name) => {
    expect(toHeadName(text)).toBe(name)
    checkHeadName(toHeadName(text))
  })
})

describe('saveHead', () => {
  it('writes what describes the head and a safetensors file that head.json names by its sha256', async () => {
    const cache = tempFolder()
    const folder = await saveHead(cache, 'mine', head)
    expect(folder).toBe(join(cache, 'heads', 'mine'))
    const saved = JSON.parse(readFileSync(join(folder, 'head.json'), 'utf8'))
    expect(saved).toMatchObject({ format: 2, name: 'mine', pool: 'none', labels: ['a', 'b', 'c'] })
    expect(saved.layers).toEqual([{ type: 'dense', activation: 'softmax', tensors: ['0.kernel', '0.bias'] }])
    const bytes = readFileSync(join(folder, saved.weights.file))
    const headerLength = Number(bytes.readBigUInt64LE())
    expect(headerLength % 8).toBe(0)
    const header = JSON.parse(bytes.toString('latin1', 8, 8 + headerLength))
    expect(header).toEqual({
      '0.kernel': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      '0.bias': { dtype: 'F32', shape: [3], data_offsets: [24, 36] },
    })
    const numbers = new Float32Array(Uint8Array.from(bytes.subarray(8 + headerLength)).buffer)
    expect([...numbers]).toEqual([1, 2, 3, 4, 5, 6, 0.5, 0, -0.5])
  })

  it('replaces a head of the same name and leaves no old weights', async () => {
    const cache = tempFolder()
    await saveHead(cache, 'mine', head)
    await saveHead(cache, 'mine', { ...head, layers: [...head.layers, ...head.layers] })
    const names = readdirSync(join(cache, 'heads', 'mine'))
    expect(names.filter((name) => name.startsWith('weights-'))).toHaveLength(1)
    expect(names).toHaveLength(2)
  })

  it('says where it cannot write', async () => {
    const cache = join(tempFolder(), 'file')
    writeFileSync(cache, '')
    const error = await userErrorOf(() => saveHead(cache, 'mine', head))
    expect(error.message).toContain(`Expected to save the head in ${join(cache, 'heads', 'mine')}, but that is not possible: `)
    expect(error.exitCode).toBe(1)
  })
})
