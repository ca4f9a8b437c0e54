import { fieldsOf, isObject, parseJson } from '../base/json.js'
import { bytesOf, type NumberType, toFloats } from './number-type.js'
import { readWeightFile, sizeOf, wrongFile } from './weight-file.js'
import type { StateDict, WeightTensor } from './weights.js'

const kind = 'a .safetensors file'
/** The format's own limit. */
const longestHeader = 100_000_000

const types = new Map<unknown, NumberType>([
  ['F64', 'float64'],
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I64', 'int64'],
  ['I32', 'int32'],
  ['I16', 'int16'],
  ['I8', 'int8'],
  ['U8', 'uint8'],
  ['BOOL', 'bool'],
])

/** A tensor as the header claims it, checked. */
interface Entry {
  readonly name: string
  readonly type: NumberType
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

/**
 * Reads a .safetensors file: uint64 length of the header, the header as JSON, then the tensors' bytes, which must follow one another without gap or overlap.
 *
 * Source: https://github.com/huggingface/safetensors, "Format".
 *
 * @throws UserError when the file cannot be read or its header claims what the file does not hold.
 */
export async function readSafetensors(path: string): Promise<StateDict> {
  return parseSafetensors(await readWeightFile(path, kind), path)
}

/** Parses the bytes of a .safetensors file; `path` is named in errors. */
export function parseSafetensors(bytes: Uint8Array, path: string): StateDict {
  try {
    return readTensors(bytes)
  } catch (error) {
    throw wrongFile(path, kind, error)
  }
}

/** The texts that a file's header holds beside its tensors. */
export function safetensorsMetadata(bytes: Uint8Array): ReadonlyMap<string, string> {
  const { __metadata__: metadata } = fieldsOf(readHeader(bytes).header)
  return new Map(Object.entries(fieldsOf(metadata)).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text] as const] : [])))
}

function readTensors(bytes: Uint8Array): StateDict {
  const { header, start } = readHeader(bytes)
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__')
  const checked = entries.map(([name, value]) => checkEntry(name, value))
  checkOrder(checked, bytes.length - start)
  return new Map(checked.map((entry) => [entry.name, toTensor(entry, bytes.subarray(start))]))
}

function readHeader(bytes: Uint8Array): { readonly header: object; readonly start: number } {
  if (bytes.length < 8) throw new Error(`a file of ${bytes.length} bytes, too short for a header`)
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
  if (length > longestHeader || Number(length) > bytes.length - 8) {
    throw new Error(`a header said to be ${length} bytes long in a file of ${bytes.length}`)
  }
  const start = 8 + Number(length)
  const header = parseJson(bytes.subarray(8, start))
  if (!isObject(header)) throw new Error('a header that is no JSON object')
  return { header, start }
}

function checkEntry(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = fieldsOf(value)
  const type = types.get(dtype)
  if (!type) throw new Error(`tensor "${name}" of type ${JSON.stringify(dtype)}, not one of ${[...types.keys()].join(', ')}`)
  if (!isShape(shape)) throw new Error(`tensor "${name}" of shape ${JSON.stringify(shape)}`)
  const length = bytesOf[type] * (sizeOf(shape) ?? 0)
  const [begin, end]: readonly unknown[] = Array.isArray(offsets) && offsets.length === 2 ? offsets : []
  if (!isOffset(begin) || !isOffset(end)) throw new Error(`tensor "${name}" at offsets ${JSON.stringify(offsets)}`)
  if (end - begin !== length) {
    throw new Error(`tensor "${name}" of ${end - begin} bytes where ${dtype} of shape [${shape.join(', ')}] takes ${length}`)
  }
  return { name, type, shape, begin, end }
}

const isShape = (value: unknown): value is readonly number[] => Array.isArray(value) && sizeOf(value) !== undefined
const isOffset = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

/** Tensors fill the rest of the file, one after another. */
function checkOrder(entries: readonly Entry[], length: number): void {
  let at = 0
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (end > length) throw new Error(`tensor "${name}" at bytes ${begin} to ${end} of ${length}`)
    if (begin !== at)
      throw new Error(`tensor "${name}" at byte ${begin}, ${begin < at ? 'inside another' : 'after a gap'}, where byte ${at} is next`)
    at = end
  }
  if (at !== length) throw new Error(`${length} bytes of tensors where its header speaks of ${at}`)
}

function toTensor({ name, type, shape, begin, end }: Entry, data: Uint8Array): WeightTensor {
  return { name, shape, data: toFloats(type, data.subarray(begin, end)) }
}
