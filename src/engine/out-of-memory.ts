import { messageOf } from '../base/errors.js'

/** What the engines and their devices say where memory does not suffice: onnxruntime on the CPU and CUDA, cuBLAS, WebGPU, TensorFlow. */
const sayings = [
  /failed to allocate memory/i,
  /bad[ _]?alloc/i,
  /out[ -]of[ -](device )?memory/i,
  /available memory of \d+ is smaller than requested/i,
  /ALLOC_FAILED/,
  /OOM when allocating/,
]

/** Whether an engine failed for want of memory, so that a smaller batch may pass. */
export function isOutOfMemory(error: unknown): boolean {
  const message = messageOf(error)
  return sayings.some((saying) => saying.test(message))
}
