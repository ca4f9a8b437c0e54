import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { onnx } from 'onnx-proto'
import { UserError } from '../base/errors.js'
import { insideFolder } from '../base/inside-folder.js'
import { type ElementType, elementTypeOf, type Tensor } from './graph.js'

type TensorProto = onnx.ITensorProto

const dataLocationExternal = 1

/**
 * A constant of an ONNX file as little-endian bytes, whichever of the format's fields holds it.
 *
 * @param folder where external data is looked for; anything outside it is refused.
 */
export function readTensor(tensor: TensorProto, folder: string): Tensor {
  const type = elementTypeOf(tensor.dataType)
  if (type === undefined) throw new UserError(`Expected numbers in tensor "${tensor.name}", found ONNX data type ${tensor.dataType}.`)
  return { type, dims: (tensor.dims ?? []).map(Number), bytes: rawBytes(tensor, type, folder) }
}

function rawBytes(tensor: TensorProto, type: ElementType, folder: string): Uint8Array {
  if (tensor.dataLocation === dataLocationExternal) return externalBytes(tensor, folder)
  if (tensor.rawData?.length) return tensor.rawData
  return typedBytes(tensor, type)
}

/** The typed fields, used by old exporters for small constants. */
function typedBytes(tensor: TensorProto, type: ElementType): Uint8Array {
  const integers = tensor.int32Data ?? []
  const bytes = ({ buffer }: { buffer: ArrayBuffer }) => new Uint8Array(buffer)
  switch (type) {
    case 'float32':
      return bytes(Float32Array.from(tensor.floatData ?? []))
    case 'float64':
      return bytes(Float64Array.from(tensor.doubleData ?? []))
    case 'int64':
      return bytes(BigInt64Array.from(tensor.int64Data ?? [], (value) => BigInt(value.toString())))
    case 'uint64':
      return bytes(BigUint64Array.from(tensor.uint64Data ?? [], (value) => BigInt(value.toString())))
    case 'uint32':
      return bytes(Uint32Array.from(tensor.uint64Data ?? [], Number))
    case 'int32':
      return bytes(Int32Array.from(integers))
    case 'float16':
    case 'bfloat16':
    case 'uint16':
    case 'int16':
      return bytes(Uint16Array.from(integers))
    default:
      return bytes(Uint8Array.from(integers))
  }
}

/** Data kept in a file beside the model: `location`, `offset` (default 0) and `length` (default: all the rest) in bytes. */
function externalBytes(tensor: TensorProto, folder: string): Uint8Array {
  const entries = new Map((tensor.externalData ?? []).map(({ key, value }) => [key, value ?? '']))
  const path = insideFolder(entries.get('location') ?? '', folder, 'external data')
  const status = statSync(path)
  const size = status.isFile() ? status.size : 0
  const offset = Number(entries.get('offset') ?? 0)
  const length = Number(entries.get('length') ?? size - offset)
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
    throw new UserError(
      `Expected ${length} bytes of external data from byte ${offset} on in ${path}, found a file of ${size} bytes. Copy the whole model again.`,
    )
  }
  return readPart(path, offset, length)
}

function readPart(path: string, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const file = openSync(path, 'r')
  try {
    for (let at = 0; at < length; ) {
      const read = readSync(file, bytes, at, Math.min(length - at, 2 ** 30), offset + at) // one call takes less than 2 GiB
      if (read === 0) throw new UserError(`Expected ${length} bytes of external data in ${path}, found ${at}. Copy the whole model again.`)
      at += read
    }
  } finally {
    closeSync(file)
  }
  return bytes
}
