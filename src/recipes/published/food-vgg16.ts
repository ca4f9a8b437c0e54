import type { Recipe } from './recipe.js'

/** Of all three trainings; the best epoch's weights are kept. */
const training = { solver: 'adam', batch: 64, epochs: 50, patience: 10 } as const

/** Behind VGG16: 107 million weights. */
const dense = { head: 'food', quickHead: 'avgpool,dense:64:relu,dropout:0.2,softmax' } as const

export const foodVgg16: Recipe = {
  name: 'food-vgg16',
  title: 'VGG16 on ten dishes: a dense head, its last layers, and a network from scratch',
  data: { dataset: 'food-101', what: 'the first ten classes of Food-101 in sorted order', firstClasses: 10, generatedClasses: 10 },
  split: { by: 'lists', folder: 'meta', validation: '0.15' },
  seed: 0,
  networks: [
    {
      model: 'vgg16',
      size: 224,
      resize: 'keras-nearest',
      steps: [
        {
          kind: 'head',
          title: 'Flatten, Dense 4096, Dense 1072, Dropout, softmax by Adam',
          options: { ...training, ...dense, lr: 0.001 },
          published: { text: '73.24 %', accuracy: 0.7324 },
        },
        {
          kind: 'fine-tune',
          title: 'the last 2 layers too, by Adam',
          tail: { last: 2 },
          options: { ...training, ...dense, lr: 1e-4, tailLr: 1e-4, schedule: 'constant' },
          published: { text: '81.52 %', accuracy: 0.8152 },
        },
      ],
    },
    {
      model: 'cnn7',
      size: 224,
      resize: 'keras-nearest',
      steps: [
        {
          kind: 'fine-tune',
          title: 'a CNN of seven convolutions from scratch',
          tail: { from: 'input' },
          options: { ...training, head: 'flatten,dense:512:relu,softmax', lr: 0.001, tailLr: 0.001, schedule: 'constant' },
          published: { text: '57-58 %', accuracy: 0.575 },
        },
      ],
    },
  ],
  views: { count: 8, augment: 'flip,vflip,shift:0.5,rotate:90,brightness:0.1-0.7' }, // its ImageDataGenerator
  pollution: false,
  deviations: [
    'The original draws its augmentation anew for every image and epoch; here 8 views of each image are made once, the plain one among them, and an epoch draws one of the 8.',
    'The sizes of the seven convolutions and of the dense layer from scratch are not known: those of cnn7, and 512.',
    'Choices are made, and tests are done, on plain images.',
    "The validation images are 15 % of each class's train list by the images' contents; the original's are drawn at random.",
  ],
}
