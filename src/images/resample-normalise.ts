import type { Kernels } from '../kernels/kernels.js'
import type { ImageSize, Normalisation } from './pixels.js'
import type { ResampleLayout } from './resample-layout.js'

/** Normalises the resized bytes at `layout.bytes` and copies the floats, 3 · width · height of them, to `out` from `offset` on. */
export function normaliseInto(
  kernels: Kernels,
  layout: ResampleLayout,
  size: ImageSize,
  normalise: Normalisation,
  out: Float32Array,
  offset: number,
): void {
  if (normalise.layout === 'nchw') planar(kernels, layout, size, normalise, out, offset)
  else interleaved(kernels, layout, size, normalise, out, offset)
}

function planar(
  kernels: Kernels,
  layout: ResampleLayout,
  size: ImageSize,
  { mean, scale, order }: Normalisation,
  out: Float32Array,
  offset: number,
): void {
  const { buffer } = kernels.memory
  const { width, height } = size
  const { floats, planeBytes, parameters } = layout
  new Float32Array(buffer, parameters, 6).set([...mean, ...scale])
  const [red, blue] = order === 'rgb' ? [floats, floats + 2 * planeBytes] : [floats + 2 * planeBytes, floats]
  kernels.normalisePlanar(layout.bytes, layout.stride, width, height, parameters, red, floats + planeBytes, blue)
  const area = width * height
  for (let plane = 0; plane < 3; plane++) out.set(new Float32Array(buffer, floats + plane * planeBytes, area), offset + plane * area)
}

function interleaved(
  kernels: Kernels,
  layout: ResampleLayout,
  size: ImageSize,
  { mean, scale, order }: Normalisation,
  out: Float32Array,
  offset: number,
): void {
  const { buffer } = kernels.memory
  const { floats, parameters } = layout
  const reverse = order === 'bgr'
  new Float32Array(buffer, parameters, 24).set([...fourTimes(mean, reverse), ...fourTimes(scale, reverse)])
  kernels.normaliseInterleaved(layout.bytes, layout.stride, size.width, size.height, parameters, floats, reverse ? 1 : 0)
  out.set(new Float32Array(buffer, floats, 3 * size.width * size.height), offset)
}

/** [a, b, c] → a b c a b c a b c a b c, or from c to a: three vectors of four lanes. */
function fourTimes([red, green, blue]: readonly [number, number, number], reverse: boolean): readonly number[] {
  const triple = reverse ? [blue, green, red] : [red, green, blue]
  return [...triple, ...triple, ...triple, ...triple]
}
