import type h5wasm from 'h5wasm'
import { messageOf, UserError } from '../base/errors.js'
import type { Floats } from '../base/floats.js'
import { bytesOf, type NumberType, toFloats } from './number-type.js'
import { sizeOf, unfoldedLimit } from './weight-file.js'

/** A group of an HDF5 file. Its paths are within the group; "a/b" goes down. */
export interface H5Group {
  keys(): readonly string[]
  has(path: string): boolean
  /** @throws Error when there is no group of that name. */
  group(path: string): H5Group
  /** An attribute that holds a list of strings; undefined where it is missing or holds something else. */
  strings(attribute: string): readonly string[] | undefined
  isNumbers(path: string): boolean
  /** @throws Error when there are no such numbers or they cannot be read. */
  numbers(path: string): H5Numbers
}

export interface H5Numbers {
  readonly shape: readonly number[]
  readonly data: Floats
}

type Module = Awaited<typeof h5wasm.ready>
type File = InstanceType<typeof h5wasm.File>
type Group = InstanceType<typeof h5wasm.Group>
type Dataset = InstanceType<typeof h5wasm.Dataset>

/** What all reading of one file shares. `room`: bytes that it may still unfold to. */
interface Reading {
  readonly library: typeof h5wasm
  readonly module: Module
  room: number
}

let names = 0

/**
 * Calls `read` with the root group of an HDF5 file and closes it.
 *
 * The file lives in the memory of the WebAssembly build of the HDF5 library: links and external storage inside it reach nothing of this machine.
 *
 * @throws Error with the library's own reason in one line, when the bytes are not HDF5 or break off.
 */
export async function withH5<T>(bytes: Uint8Array, read: (root: H5Group) => T): Promise<T> {
  const { default: library } = await import('h5wasm') // decodes and compiles megabytes of WebAssembly, which few commands need
  const module = await library.ready
  module.activate_throwing_error_handler() // else the library prints its stack of errors and goes on
  const name = `weights-${names++}.h5`
  module.FS.createDataFile('/', name, bytes, true, false, true) // readable, not writable, and so it need not be copied
  let file: File | undefined
  try {
    file = new library.File(name, 'r')
    return read(wrapGroup(file, { library, module, room: unfoldedLimit(bytes.length) }))
  } catch (error) {
    throw error instanceof UserError ? error : new Error(reasonOf(messageOf(error)), { cause: error })
  } finally {
    file?.close()
    module.FS.unlink(name)
  }
}

/** The innermost line of the library's stack of errors: `  #006: …/H5Fsuper.c line 577 in H5F__super_read(): truncated file: …`. */
function reasonOf(message: string): string {
  const reasons = [...message.matchAll(/^ *#\d+: .*?\(\): (.*)$/gm)]
  return reasons.at(-1)?.[1] ?? message
}

function wrapGroup(group: Group, reading: Reading): H5Group {
  const entity = (path: string) => (isPath(path) ? quietly(() => group.get(path)) : undefined)
  return {
    keys: () => group.keys(),
    has: (path) => Boolean(entity(path)),
    group(path) {
      const found = entity(path)
      if (!(found instanceof reading.library.Group)) throw new Error(`no group "${path}"`)
      return wrapGroup(found, reading)
    },
    strings: (attribute) => stringsOf(group, attribute),
    isNumbers: (path) => entity(path) instanceof reading.library.Dataset,
    numbers(path) {
      const found = entity(path)
      if (!(found instanceof reading.library.Dataset)) throw new Error(`no numbers at "${path}"`)
      return readNumbers(found, path, reading)
    },
  }
}

/** A leading slash would leave the group. */
const isPath = (path: string) => path !== '' && !path.startsWith('/')

/** The library may throw where it finds nothing. */
function quietly<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}

function stringsOf(group: Group, name: string): readonly string[] | undefined {
  if (!Object.hasOwn(group.attrs, name)) return undefined
  const value: unknown = group.attrs[name]?.value
  const values: readonly unknown[] = Array.isArray(value) ? value : value === null || isEmpty(value) ? [] : [value]
  return values.every((one) => typeof one === 'string') ? values : undefined
}

/** h5py writes an empty list as an empty array of float64. */
const isEmpty = (value: unknown) => ArrayBuffer.isView(value) && value.byteLength === 0

/** Reads by way of the library's heap, since h5wasm's own `value` knows no half precision. */
function readNumbers(dataset: Dataset, path: string, reading: Reading): H5Numbers {
  const { shape } = dataset.metadata
  const type = numberTypeOf(dataset)
  const count = shape ? sizeOf(shape) : undefined
  if (!shape || !type || count === undefined) throw new Error(`no floating-point or whole numbers at "${path}"`)
  const length = count * bytesOf[type]
  reading.room -= length
  if (reading.room < 0) throw new Error(`numbers of shape [${shape.join(', ')}] at "${path}", more than such a file can hold`)
  return { shape, data: withBytes(reading.module, dataset, length, (bytes) => toFloats(type, bytes)) }
}

/** Types by HDF5's class (H5T_INTEGER, H5T_FLOAT) and by bytes. Integers count steps or samples beside the weights. */
const numberTypes: readonly ReadonlyMap<number, NumberType>[] = [
  new Map([
    [4, 'int32'],
    [8, 'int64'],
  ]),
  new Map([
    [2, 'float16'],
    [4, 'float32'],
    [8, 'float64'],
  ]),
]

/** Keras 3 marks bfloat16, which HDF5 does not know, by an attribute `dtype`. */
function numberTypeOf({ metadata: { type, size }, attrs }: Dataset): NumberType | undefined {
  if (size === 2 && Object.hasOwn(attrs, 'dtype') && attrs.dtype?.value === 'bfloat16') return 'bfloat16'
  return numberTypes[type]?.get(size)
}

/** Reads into the library's heap, where the bytes stay only as long as `use` runs. */
function withBytes<T>(module: Module, dataset: Dataset, length: number, use: (bytes: Uint8Array) => T): T {
  if (length === 0) return use(new Uint8Array())
  const pointer = module._malloc(length)
  if (pointer === 0) throw new Error(`no memory for ${length} bytes`)
  try {
    const status = module.get_dataset_data(dataset.file_id, dataset.path, null, null, null, BigInt(pointer))
    if (status < 0) throw new Error(`numbers that cannot be read at "${dataset.path}"`)
    return use(module.HEAPU8.subarray(pointer, pointer + length))
  } finally {
    module._free(pointer)
  }
}
