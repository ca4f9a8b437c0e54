import { strToU8, unzipSync, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { parseTorchArchive, readTorchArchive } from '../../src/weights/read-torch-archive.js'
import { userErrorOf } from '../helpers/thrown.js'
import { fixtureBytes } from './fixture.js'

const foundIn = async (bytes: Uint8Array) => (await userErrorOf(() => parseTorchArchive(bytes, 'w.pth'))).message

/** An archive whose pickle is this; latin-1, one character a byte. */
const archiveOf = (pickle: string, members: Record<string, Uint8Array> = {}) =>
  zipSync({ 'w/data.pkl': strToU8(pickle, true), ...members }, { level: 0 })

/** Opcodes of a dict { w: tensor } whose storage holds so many floats; shape and strides as opcodes of tuples. */
function tensorPickle({ count = 4, offset = 0, shape = 'K\x02K\x02\x86', strides = 'K\x02K\x01\x86', key = '0' }): string {
  const text = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`
  const storage = `(${text('storage')}ctorch\nFloatStorage\n${text(key)}${text('cpu')}K${String.fromCharCode(count)}tQ`
  const rebuilt = `ctorch._utils\n_rebuild_tensor_v2\n(${storage}K${String.fromCharCode(offset)}${shape}${strides}\x89ccollections\nOrderedDict\n)RtR`
  return `\x80\x02}${text('w')}${rebuilt}s.`
}

const floats = (...values: number[]) => new Uint8Array(new Float32Array(values).buffer)

test('readTorchArchive names a file that is not there', async () => {
  const { message } = await userErrorOf(() => readTorchArchive('no/such.pth'))
  expect(message).toMatch(
    /^Expected a PyTorch file \(\.pth, \.pt\) of a module's state dict at no\/such\.pth, but it cannot be read: ENOENT/,
  )
})

test.each([
  ['os.system by GLOBAL', 'cposix\nsystem\n(X\x04\0\0\0exittR.', 'posix.system'],
  ['eval by STACK_GLOBAL', '\x80\x04\x8c\x08builtins\x8c\x04eval\x93.', 'builtins.eval'],
  ['a class of PyTorch', 'ctorch.nn.modules.conv\nConv2d\n.', 'torch.nn.modules.conv.Conv2d'],
  ['an allowed name with more behind it', 'ctorch\nFloatStorage.from_file\n.', 'torch.FloatStorage.from_file'],
  ['a name of this language', 'cconstructor\nconstructor\n.', 'constructor.constructor'],
])('parseTorchArchive refuses a pickle that asks for %s', async (_, pickle, name) => {
  const found = `found a pickle that asks for "${name}", which is refused: only tensors and plain containers are read`
  expect(await foundIn(archiveOf(`\x80\x02${pickle}`))).toContain(found)
  const older = fixtureBytes('torch-legacy').subarray(0, 15) // the magic number
  const version = '\x80\x02M\xe9\x03.\x80\x02}.'
  expect(await foundIn(Buffer.concat([older, Buffer.from(`${version}${pickle}`, 'latin1')]))).toContain(found)
})

test.each([
  ['calls what it did not name', '}})R.', 'a pickle that calls what is no known name'],
  ['calls a storage', 'ctorch\nFloatStorage\n)R.', 'a pickle that calls torch.FloatStorage, which is refused'],
  ['has an opcode that weights do not need', 'i.', 'a pickle with opcode 0x69, which weights do not need'],
  ['pops an empty stack', '0.', 'its stack is empty'],
  ['pops below its mark', 'N(0.', 'its stack is empty'],
  ['ends without a value', '.', 'its stack is empty'],
  ['lacks a mark', 't.', 'its mark is missing'],
  ['appends to a dict', '}Na.', 'it appends to what is no list'],
  ['sets items of a list', ']NNs.', 'it sets items of what is no dict'],
  ['recalls what it never stored', 'h\x05.', 'it recalls 5, which it never stored'],
  ['breaks off', 'X\xff\xff\xff\x7fabc', 'an end of data after 10 bytes where 2147483647 more were due at byte 7'],
  ['breaks off inside a name', 'ctorch', 'an end of data after 8 bytes, inside a line'],
  ['never ends', 'N', 'an end of data after 3 bytes where 1 more were due at byte 3'],
  ['names a storage of unknown form', 'NQ.', 'a storage of unknown form'],
  ['names a tensor of unknown form', 'ctorch._utils\n_rebuild_tensor_v2\n)R.', 'a tensor of unknown form'],
  ['holds no tensors', '}X\x01\0\0\0aK\x01s.', 'no named tensors in it'],
])('parseTorchArchive refuses a pickle that %s', async (_, pickle, found) => {
  expect(await foundIn(archiveOf(`\x80\x02${pickle}`))).toContain(found)
})

test.each([
  ['a storage that is missing', tensorPickle({}), {}, 'no bytes of storage "0" where 16 are due'],
  ['a storage that is too short', tensorPickle({}), { 'w/data/0': floats(1, 2, 3) }, '12 bytes of storage "0" where 16 are due'],
  ['a storage outside the archive', tensorPickle({ key: '../../x' }), { 'w/data/0': floats(1, 2, 3, 4) }, 'no bytes of storage "../../x"'],
  ['a tensor beyond its storage', tensorPickle({ offset: 1 }), {}, 'a tensor of shape [2, 2] that ends at number 5 of a storage of 4'],
  ['strides beyond its storage', tensorPickle({ strides: 'K\x03K\x01\x86' }), {}, 'that ends at number 5 of a storage of 4'],
  ['negative strides', tensorPickle({ strides: 'J\xff\xff\xff\xffK\x01\x86' }), {}, 'a tensor of unknown form'],
  [
    'a tensor spread over more than memory',
    tensorPickle({ shape: 'J\0\0\0\x40K\x01\x86', strides: 'K\0K\x01\x86' }),
    {},
    'more than such a file can hold',
  ],
  ['big-endian numbers', tensorPickle({}), { 'w/byteorder': strToU8('big') }, 'big-endian numbers'],
  ['two pickles', tensorPickle({}), { 'v/data.pkl': strToU8('N.') }, 'a zip archive without one data.pkl'],
])('parseTorchArchive refuses %s', async (label, pickle, members, found) => {
  const whole = label.startsWith('a storage') ? {} : { 'w/data/0': floats(1, 2, 3, 4) }
  expect(await foundIn(archiveOf(pickle, { ...whole, ...members }))).toContain(found)
})

test.each([
  ['nothing', Buffer.alloc(0), 'neither a zip archive nor the older form of pickles'],
  ['text', Buffer.from('not this'), 'neither a zip archive nor the older form of pickles'],
  ['a pickle of something else', Buffer.from('\x80\x02K\x01.\x80\x02K\x01.', 'latin1'), 'a pickle that PyTorch did not write'],
  ['half of an archive', fixtureBytes('torch-zip').subarray(0, 1500), 'no zip archive, or one that breaks off'],
  ['the older form broken off', fixtureBytes('torch-legacy').subarray(0, -1), 'an end of data after'],
  ['a whole module', fixtureBytes('torch-module'), '"torch.nn.modules.batchnorm.BatchNorm2d", which is refused'],
])('parseTorchArchive refuses %s', async (_, bytes, found) => {
  expect(await foundIn(bytes)).toContain(found)
})

const counted = (count: number, of: (at: number) => number) => Array.from({ length: count }, (_, at) => of(at))

test.each(['torch-zip', 'torch-legacy'])('parseTorchArchive reads what torch.save wrote: %s', (name) => {
  const read = parseTorchArchive(fixtureBytes(name), name)
  expect([...read.values()].map(({ name, shape, data }) => [name, shape, ...data])).toEqual([
    ['conv', [2, 3, 4], ...counted(24, (at) => at / 8)],
    ['turned', [4, 2, 3], ...counted(24, (at) => ((at % 6) * 4 + Math.floor(at / 6)) / 8)],
    ['half', [2], 1.5, -2],
    ['brain', [2], 1.5, -3],
    ['double', [1], Math.fround(0.1)],
    ['steps', [], 7],
    ['head', [4], 0, 1, 2, 3],
    ['tail', [4], 6, 7, 8, 9],
    ['parameter', [1], 9],
    ['spread', [3, 2], 5, 5, 5, 5, 5, 5],
  ])
})

test('parseTorchArchive finds the state dict in a checkpoint', () => {
  const read = parseTorchArchive(fixtureBytes('torch-checkpoint'), 'checkpoint.pth')
  expect([...read.keys()]).toEqual(['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'])
  expect(read.get('running_var')?.data).toEqual(new Float32Array([1, 1]))
})

test('parseTorchArchive reads an archive that was compressed afterwards', () => {
  const members = unzipSync(fixtureBytes('torch-checkpoint'))
  expect(parseTorchArchive(zipSync(members), 'again.pth').size).toBe(5)
})
