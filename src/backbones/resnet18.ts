import { torchResnet } from './torch-resnet.js'

/** ResNet18 of torchvision: 224 × 224 → 7 × 7 × 512. */
export const resnet18 = torchResnet({ name: 'resnet18', depths: [2, 2, 2, 2], block: 'basic' })
