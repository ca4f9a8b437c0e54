import { vgg } from './vgg.js'

/** VGG16 of keras.applications: 224 × 224 → 7 × 7 × 512. */
export const vgg16 = vgg('vgg16', [2, 2, 3, 3, 3])
