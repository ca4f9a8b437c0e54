import type { Floats } from '../base/floats.js'
import { bytesOf, toFloats } from './number-type.js'
import type { TorchTensor } from './torch-pickle.js'
import { sizeOf } from './weight-file.js'

/** A tensor's numbers in row-major order; `bytes` are its whole storage's. */
export function torchNumbers({ storage, offset, shape, strides }: TorchTensor, bytes: Uint8Array): Floats {
  const size = sizeOf(shape) ?? 0
  if (size === 0) return new Float32Array()
  const span = 1 + shape.reduce((sum, dim, axis) => sum + (dim - 1) * (strides[axis] ?? 0), 0)
  if (offset + span > storage.count) {
    throw new Error(`a tensor of shape [${shape.join(', ')}] that ends at number ${offset + span} of a storage of ${storage.count}`)
  }
  const width = bytesOf[storage.type]
  const floats = toFloats(storage.type, bytes.subarray(offset * width, (offset + span) * width))
  return isRowMajor(shape, strides) ? floats : gather(floats, { shape, strides, size })
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const dim = shape[axis] ?? 1
    if (dim > 1 && strides[axis] !== expected) return false
    expected *= dim
  }
  return true
}

interface Layout {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly size: number
}

function gather(source: Floats, { shape, strides, size }: Layout): Floats {
  const target = new Float32Array(size)
  const index = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < size; to++) {
    target[to] = source[from] ?? 0
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [at, dim, stride] = [(index[axis] ?? 0) + 1, shape[axis] ?? 1, strides[axis] ?? 0]
      index[axis] = at < dim ? at : 0
      from += at < dim ? stride : -stride * (dim - 1)
      if (at < dim) break
    }
  }
  return target
}
