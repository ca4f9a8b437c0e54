import type { Floats } from '../../base/floats.js'
import type { ViewParameters } from './draw-view.js'

/** Nearest to 0 and 1 that a colour may come before its logit is taken, as in fastai. */
const margin = 1e-7

/** Changes the light of colours from 0 to 255, in place: Keras' brightness first, then fastai's. */
export function relight(colours: Floats, { brightness, lighting }: Pick<ViewParameters, 'brightness' | 'lighting'>): void {
  if (brightness !== 1) for (let i = 0; i < colours.length; i++) colours[i] = Math.min((colours[i] as number) * brightness, 255)
  const { shift, contrast } = lighting
  if (shift === 0 && contrast === 1) return
  for (let i = 0; i < colours.length; i++) {
    const light = Math.min(Math.max((colours[i] as number) / 255, margin), 1 - margin)
    // 255 σ(contrast (logit(light) + shift)), where e^−logit(p) = (1 − p) / p.
    colours[i] = 255 / (1 + ((1 - light) / light) ** contrast * Math.exp(-contrast * shift))
  }
}
