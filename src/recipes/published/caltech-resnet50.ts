import { caltech101 } from './caltech-101.js'
import type { Recipe } from './recipe.js'

export const caltechResnet50: Recipe = {
  name: 'caltech-resnet50',
  title: 'ResNet50 on Caltech-101: a head with batch norms and dropout',
  data: caltech101,
  split: { by: 'share', train: '0.8', validation: '0.2' },
  seed: 0,
  networks: [
    {
      model: 'resnet50',
      size: 256,
      resize: 'tf-bilinear',
      steps: [
        {
          kind: 'head',
          title: 'GAP, BN, Dropout, Dense 512, BN, Dropout, softmax by Adam',
          options: { head: 'keras-resnet', solver: 'adam', lr: 0.001, batch: 32, epochs: 5 },
          published: { text: '92.8 %, about 19 s an epoch on a GPU', accuracy: 0.928 },
        },
      ],
    },
  ],
  views: undefined,
  pollution: true,
  deviations: [
    "The original's batch size and resize rule are not known: 32, and bilinear without antialiasing as Keras' image_dataset_from_directory has it.",
    'The weights of the epoch of the lowest validation loss are kept.',
  ],
}
