import { torchResnet } from './torch-resnet.js'

/** ResNet34 of torchvision: 224 × 224 → 7 × 7 × 512. */
export const resnet34 = torchResnet({ name: 'resnet34', depths: [3, 4, 6, 3], block: 'basic' })
