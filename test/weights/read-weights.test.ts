import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readWeights } from '../../src/weights/read-weights.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { fixtureBytes } from './fixture.js'
import { write } from './weight-place.js'

const inFile = (name: string, bytes: Uint8Array) => write(join(tempFolder(), name), bytes)

test.each(['torch-zip', 'torch-legacy'])('readWeights knows both forms of torch by their first bytes: %s', async (name) => {
  const read = await readWeights(inFile('w.pth', fixtureBytes(name)))
  expect(read.convention === 'torch' && read.tensors.get('half')?.data).toEqual(new Float32Array([1.5, -2]))
})

test.each([
  ['text', 'w.pth', Buffer.from('not this'), 'Expected weights as .h5, .keras, .pth or .safetensors, found another kind of file at '],
  ['another pickle', 'w.pth', Buffer.from('\x80\x02K\x01.\x80\x02K\x01.', 'latin1'), 'found a pickle that PyTorch did not write.'],
  [
    'a .safetensors that begins like a pickle',
    'w.safetensors',
    Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0]),
    'to be a .safetensors file, found',
  ],
])('readWeights refuses %s', async (_, name, bytes, found) => {
  expect((await userErrorOf(() => readWeights(inFile(name, bytes)))).message).toContain(found)
})
