import type { Recipe } from './recipe.js'

/** The original's ImageDataGenerator. */
const augment = 'rotate:90,brightness:0.1-0.7,shift:0.5,flip,vflip'

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
          options: { head: 'food', solver: 'adam', lr: 0.001, batch: 64, epochs: 50, patience: 10 },
          augment,
          published: { text: '73.24 %', accuracy: 0.7324 },
        },
        {
          kind: 'fine-tune',
          title: 'the last 2 layers too, by Adam',
          tail: { last: 2 },
          options: { solver: 'adam', lr: 1e-4, batch: 64, epochs: 50, patience: 10 },
          augment,
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
          options: { solver: 'adam', lr: 0.001, batch: 64, epochs: 50, patience: 10 },
          augment,
          published: { text: '57-58 %', accuracy: 0.575 },
        },
      ],
    },
  ],
  pollution: false,
  deviations: [
    'The original draws its augmentation anew in every epoch; cached views are drawn once, and an epoch draws among them.',
    "The validation images are 15 % of each class's train list by the images' contents; the original's are drawn at random.",
  ],
}
