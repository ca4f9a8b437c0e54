import type { InputRule } from './backbone.js'

/** How the networks of the field want their pixels; mean and scale in the order red, green, blue, whatever `order` says. */
export const inputRules = {
  /** Keras' caffe mode: blue first, ImageNet's mean taken off. */
  caffe: { order: 'bgr', mean: [123.68, 116.779, 103.939], scale: [1, 1, 1] },
  /** Keras' tf mode: −1 … 1. */
  tf: { order: 'rgb', mean: [127.5, 127.5, 127.5], scale: [127.5, 127.5, 127.5] },
  /** torchvision, and Keras' torch mode: (x / 255 − mean) / standard deviation of ImageNet. */
  torch: { order: 'rgb', mean: [0.485 * 255, 0.456 * 255, 0.406 * 255], scale: [0.229 * 255, 0.224 * 255, 0.225 * 255] },
  /** −1 … 1 by steps of 1/128, which float16 holds exactly. */
  signed: { order: 'rgb', mean: [128, 128, 128], scale: [128, 128, 128] },
  /** 0 … 255 as they are. */
  raw: { order: 'rgb', mean: [0, 0, 0], scale: [1, 1, 1] },
} as const satisfies Record<string, InputRule>
