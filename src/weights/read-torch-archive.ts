import { ByteCursor } from './byte-cursor.js'
import { bytesOf } from './number-type.js'
import { readTorchPickle, type TorchObject, TorchTensor } from './torch-pickle.js'
import { torchNumbers } from './torch-tensor.js'
import { unpickle } from './unpickle.js'
import { readWeightFile, sizeOf, unfoldedLimit, wrongFile } from './weight-file.js'
import type { StateDict, WeightTensor } from './weights.js'
import { readZip } from './zip-file.js'

const kind = "a PyTorch file (.pth, .pt) of a module's state dict"

/**
 * Reads the tensors of a state dict that torch.save wrote, as a zip archive or in the older form of pickles one after another.
 *
 * Nothing in the file is run: a pickle that asks for anything but tensors and plain containers is refused by name. Entries that are no
 * tensors (an epoch, hyper-parameters) are left out; a checkpoint's `state_dict` or `model` is found inside.
 *
 * Source: torch 2.15, torch/serialization.py (`_save`, `_legacy_save`).
 *
 * @throws UserError when the file cannot be read, is damaged, unfolds to more than weights ever do, or would run something.
 */
export async function readTorchArchive(path: string): Promise<StateDict> {
  return parseTorchArchive(await readWeightFile(path, kind), path)
}

/** Parses the bytes of a .pth file; `path` is named in errors. */
export function parseTorchArchive(bytes: Uint8Array, path: string): StateDict {
  try {
    const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b
    const { object, storages } = isZip ? readArchive(bytes) : readPickles(bytes)
    return stateDict(object.value, storages, unfoldedLimit(bytes.length))
  } catch (error) {
    throw wrongFile(path, kind, error)
  }
}

interface Content {
  readonly object: TorchObject
  /** Bytes by the storage's key. */
  readonly storages: ReadonlyMap<string, Uint8Array>
}

/** `NAME/data.pkl`, `NAME/data/KEY` for every storage, `NAME/byteorder`. */
function readArchive(bytes: Uint8Array): Content {
  const members = readZip(bytes, (name) => /(^|\/)(data\.pkl|data\/[^/]+|byteorder)$/.test(name))
  const [pickle, ...others] = [...members.keys()].filter((name) => name.endsWith('data.pkl'))
  if (pickle === undefined || others.length > 0) throw new Error('a zip archive without one data.pkl')
  const folder = pickle.slice(0, -'data.pkl'.length)
  const order = new TextDecoder().decode(members.get(`${folder}byteorder`)).trim()
  if (order === 'big') throw new Error('big-endian numbers')
  const object = readTorchPickle(new ByteCursor(members.get(pickle) ?? new Uint8Array()))
  const storages = [...object.storages].map(([key, { type, count }]): [string, Uint8Array] => {
    const found = members.get(`${folder}data/${key}`)
    if (found?.length !== count * bytesOf[type])
      throw new Error(`${found?.length ?? 'no'} bytes of storage "${key}" where ${count * bytesOf[type]} are due`)
    return [key, found]
  })
  return { object, storages: new Map(storages) }
}

/** The pickled number that begins the older form. */
const magic = 0x1950a86a20f9469cfc6cn

/** Five pickles (magic number, version, system, object, keys of the storages), then each storage: uint64 count, numbers. */
function readPickles(bytes: Uint8Array): Content {
  if (bytes[0] !== 0x80) throw new Error('neither a zip archive nor the older form of pickles')
  const cursor = new ByteCursor(bytes)
  const [first] = [plainPickle(cursor), plainPickle(cursor)]
  if (first !== magic) throw new Error('a pickle that PyTorch did not write')
  const system = plainPickle(cursor)
  if (system instanceof Map && system.get('little_endian') === false) throw new Error('big-endian numbers')
  const object = readTorchPickle(cursor)
  const keys = plainPickle(cursor)
  if (!Array.isArray(keys)) throw new Error('no list of storages')
  return { object, storages: new Map(keys.map((key: unknown) => readStorage(cursor, object, key))) }
}

function plainPickle(cursor: ByteCursor): unknown {
  return unpickle(cursor, { globals: new Set(), call: () => undefined, persistent: () => undefined })
}

function readStorage(cursor: ByteCursor, { storages }: TorchObject, key: unknown): [string, Uint8Array] {
  const storage = typeof key === 'string' ? storages.get(key) : undefined
  if (!storage) throw new Error(`a storage ${JSON.stringify(String(key))} that nothing uses`)
  const count = cursor.uint64()
  if (count !== storage.count) throw new Error(`${count} numbers in storage "${storage.key}" where ${storage.count} are due`)
  return [storage.key, cursor.bytes(count * bytesOf[storage.type])]
}

/** `room`: bytes that the tensors may take in all. */
function stateDict(value: unknown, storages: ReadonlyMap<string, Uint8Array>, room: number): StateDict {
  const tensors = tensorsOf(value)
  const bytes = tensors.reduce((sum, [, { shape }]) => sum + 4 * (sizeOf(shape) ?? 0), 0)
  if (bytes > room) throw new Error(`tensors of ${bytes} bytes, more than such a file can hold`)
  return new Map(tensors.map(([name, tensor]): [string, WeightTensor] => [name, toWeight(name, tensor, storages)]))
}

function toWeight(name: string, tensor: TorchTensor, storages: ReadonlyMap<string, Uint8Array>): WeightTensor {
  const bytes = storages.get(tensor.storage.key)
  if (!bytes) throw new Error(`no numbers of tensor "${name}"`)
  return { name, shape: tensor.shape, data: torchNumbers(tensor, bytes) }
}

/** The named tensors of a dict, or of its entry `state_dict` or `model`. */
function tensorsOf(value: unknown): [string, TorchTensor][] {
  const dicts = value instanceof Map ? [value, value.get('state_dict'), value.get('model')] : []
  for (const dict of dicts) {
    const tensors = dict instanceof Map ? [...dict].filter(isNamedTensor) : []
    if (tensors.length > 0) return tensors
  }
  throw new Error('no named tensors in it')
}

function isNamedTensor(entry: [unknown, unknown]): entry is [string, TorchTensor] {
  return typeof entry[0] === 'string' && entry[1] instanceof TorchTensor
}
