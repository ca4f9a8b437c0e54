/** How the numbers of a stored code are kept. */
export type Dtype = 'float16' | 'float32'

/** A code's stored numbers: float16 as their bits. */
export type CodeArray = Uint16Array<ArrayBuffer> | Float32Array<ArrayBuffer>

/** Bytes of a number. */
export const dtypeBytes = (dtype: Dtype) => (dtype === 'float16' ? 2 : 4)

export const isDtype = (value: unknown): value is Dtype => value === 'float16' || value === 'float32'
