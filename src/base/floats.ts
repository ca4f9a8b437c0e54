/** Float32 numbers in memory of their own (not shared between threads), as onnxruntime wants them. */
export type Floats = Float32Array<ArrayBuffer>
