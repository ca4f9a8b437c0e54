import type { Floats } from '../../base/floats.js'
import type { ViewParameters } from './draw-view.js'

/** Nearest to 0 and 1 that a colour may come before its logit is taken, as in fastai. */
const margin = 1e-7

/** What becomes of each of the 256 levels of a colour, from 0 to 255, not rounded: Keras' brightness first, then fastai's lighting. */
export function lightTable({ brightness, lighting }: Pick<ViewParameters, 'brightness' | 'lighting'>): Floats {
  const { shift, contrast } = lighting
  return Float32Array.from({ length: 256 }, (_, level) => {
    const bright = Math.min(level * brightness, 255)
    if (shift === 0 && contrast === 1) return bright
    const light = Math.min(Math.max(bright / 255, margin), 1 - margin)
    // 255 σ(contrast (logit(light) + shift)), where e^−logit(p) = (1 − p) / p.
    return 255 / (1 + ((1 - light) / light) ** contrast * Math.exp(-contrast * shift))
  })
}
