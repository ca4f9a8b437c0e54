import { torchResnet } from './torch-resnet.js'

/** ResNet50 of torchvision: 224 × 224 → 7 × 7 × 2048. */
export const resnet50Torch = torchResnet({ name: 'resnet50.torch', depths: [3, 4, 6, 3], block: 'bottleneck' })
