/** A float32 tensor. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** A tensor of a .safetensors file. */
export interface NamedTensor extends Tensor {
  readonly name: string
}

/**
 * The bytes of a .safetensors file: uint64 length of the header, the header as JSON (padded to 8), then the tensors.
 *
 * @param metadata texts by name, in the header.
 * Source: https://github.com/huggingface/safetensors, "Format".
 */
export function encodeSafetensors(tensors: readonly NamedTensor[], metadata?: { readonly [name: string]: string }): Uint8Array[] {
  const header: Record<string, object> = metadata ? { __metadata__: metadata } : {}
  let at = 0
  for (const { name, shape, data } of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + data.byteLength] }
    at += data.byteLength
  }
  const json = JSON.stringify(header)
  const text = Buffer.from(json.padEnd(json.length + ((8 - (Buffer.byteLength(json) % 8)) % 8)))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return [length, text, ...tensors.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))]
}
