import { vgg } from './vgg.js'

/** VGG19 of keras.applications: 224 × 224 → 7 × 7 × 512. */
export const vgg19 = vgg('vgg19', [2, 2, 4, 4, 4])
