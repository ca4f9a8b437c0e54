import { clauseOf, messageOf, UserError } from '../base/errors.js'

/** What the engines and their devices say where memory does not suffice: onnxruntime on the CPU and CUDA, cuBLAS, WebGPU, TensorFlow. */
const sayings = [
  /failed to allocate memory/i,
  /bad[ _]?alloc/i,
  /out[ _-]of[ _-](device[ _])?memory/i,
  /available memory of \d+ is smaller than requested/i,
  /ALLOC_FAILED/,
  /OOM when allocating/,
  /exceeds the max buffer size/i,
  /larger than the maximum (storage buffer )?binding size/i,
]

/** Whether an engine failed for want of memory, so that a smaller batch may pass. */
export function isOutOfMemory(error: unknown): boolean {
  return saying(error) !== undefined
}

/** What an engine says of memory, without what it says of its own code before. */
function saying(error: unknown): string | undefined {
  const message = messageOf(error)
  const at = Math.min(...sayings.map((one) => one.exec(message)?.index ?? Number.POSITIVE_INFINITY))
  return Number.isFinite(at) ? clauseOf(message.slice(at)) : undefined
}

/** The error for the user where memory holds no smaller batch. @param size side of the images, pixels. */
export function notEnoughMemory(error: unknown, { images, size }: { readonly images: number; readonly size: number }): UserError {
  const batch = images === 1 ? 'one image' : `${images} images`
  return new UserError(
    `Expected memory for ${batch} of ${size} × ${size} pixels at a time, found too little: ${saying(error) ?? clauseOf(error)}. Use a smaller --size, fewer --workers or another --device.`,
  )
}
