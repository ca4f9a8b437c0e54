import type { ByteCursor } from './byte-cursor.js'
import type { NumberType } from './number-type.js'
import { PickleGlobal, type PickleReader, unpickle } from './unpickle.js'
import { sizeOf } from './weight-file.js'

/** Numbers that one or several tensors look into. */
export class TorchStorage {
  readonly key: string
  readonly type: NumberType
  /** Numbers, not bytes. */
  readonly count: number
  constructor(key: string, type: NumberType, count: number) {
    this.key = key
    this.type = type
    this.count = count
  }
}

/** A tensor as its pickle describes it; offset and strides count numbers. */
export class TorchTensor {
  readonly storage: TorchStorage
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  constructor(storage: TorchStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage
    this.offset = offset
    this.shape = shape
    this.strides = strides
  }
}

export interface TorchObject {
  /** What was saved: usually a Map from names to tensors. */
  readonly value: unknown
  readonly storages: ReadonlyMap<string, TorchStorage>
}

const storageTypes = new Map<string, NumberType>([
  ['torch.DoubleStorage', 'float64'],
  ['torch.FloatStorage', 'float32'],
  ['torch.HalfStorage', 'float16'],
  ['torch.BFloat16Storage', 'bfloat16'],
  ['torch.LongStorage', 'int64'],
  ['torch.IntStorage', 'int32'],
  ['torch.ShortStorage', 'int16'],
  ['torch.CharStorage', 'int8'],
  ['torch.ByteStorage', 'uint8'],
  ['torch.BoolStorage', 'bool'],
])

/** What the pickles that torch.save writes of a state dict may call. */
const calls = new Map<string, (args: readonly unknown[]) => unknown>([
  ['collections.OrderedDict', () => new Map()],
  ['torch.Size', ([dims]) => dims],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_parameter', ([tensor]) => tensor],
])

const globals = new Set([...storageTypes.keys(), ...calls.keys()])

/**
 * Reads the pickle of a state dict; the tensors' numbers lie outside it.
 *
 * Source: torch 2.15, torch/serialization.py (`persistent_load`) and torch/_utils.py.
 */
export function readTorchPickle(cursor: ByteCursor): TorchObject {
  const storages = new Map<string, TorchStorage>()
  const reader: PickleReader = {
    globals,
    call: (name, args) => callKnown(name, args),
    persistent(id) {
      const storage = toStorage(id)
      const known = storages.get(storage.key)
      if (known && (known.type !== storage.type || known.count !== storage.count)) throw new Error(`two storages "${storage.key}"`)
      storages.set(storage.key, known ?? storage)
      return known ?? storage
    },
  }
  return { value: unpickle(cursor, reader), storages }
}

function callKnown(name: string, args: readonly unknown[]): unknown {
  const known = calls.get(name)
  if (!known) throw new Error(`a pickle that calls ${name}, which is refused`)
  return known(args)
}

/** ('storage', type, key, location, count) and in old files a view, which must be None. */
function toStorage(id: unknown): TorchStorage {
  const [word, type, key, , count, view]: readonly unknown[] = Array.isArray(id) ? id : []
  const numberType = type instanceof PickleGlobal ? storageTypes.get(type.name) : undefined
  const isKnown = word === 'storage' && numberType && typeof key === 'string' && isCount(count) && (view ?? null) === null
  if (!isKnown) throw new Error('a storage of unknown form')
  return new TorchStorage(key, numberType, count)
}

/** _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, backward_hooks). */
function rebuildTensor([storage, offset, shape, strides]: readonly unknown[]): TorchTensor {
  const isKnown = storage instanceof TorchStorage && isCount(offset) && isCounts(shape) && isCounts(strides)
  if (!isKnown || shape.length !== strides.length || sizeOf(shape) === undefined) throw new Error('a tensor of unknown form')
  return new TorchTensor(storage, offset, shape, strides)
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const isCounts = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isCount)
