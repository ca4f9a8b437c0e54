import type { Recipe } from './recipe.js'

export const flowersResnet18: Recipe = {
  name: 'flowers-resnet18',
  title: 'ResNet18 on five flowers with fast.ai: a frozen epoch, then three of all layers',
  data: { dataset: 'flowers', what: 'the five flowers of TensorFlow', firstClasses: undefined, generatedClasses: 5 },
  split: { by: 'first', test: 50, validation: '0.2' },
  seed: 42,
  networks: [
    {
      model: 'resnet18',
      size: 192,
      resize: 'squish',
      steps: [
        {
          kind: 'head',
          title: "fast.ai's head, one frozen epoch",
          options: { head: 'fastai', solver: 'adam', lr: 2e-3, batch: 64, epochs: 1, schedule: 'one-cycle' },
          published: undefined,
        },
        {
          kind: 'fine-tune',
          title: 'all layers, three epochs of one cycle',
          tail: { from: 'input' },
          options: { solver: 'adam', lr: 1e-3, batch: 64, epochs: 3, schedule: 'one-cycle' },
          published: { text: '91 % of the validation images, 100 % of 250 test images', accuracy: 1 },
        },
      ],
    },
  ],
  pollution: false,
  deviations: [
    "fast.ai trains the network's batch norms in its frozen epoch; cached codes use their moving statistics.",
    "fast.ai's one cycle of the frozen epoch rises for 99 % of its steps, here for 25 %; it moves Adam's momentum too and decays weights by 0.01.",
    "The validation images are 20 % of each class by the images' contents and seed 42; fast.ai's are 20 % of all, drawn by its own generator.",
  ],
}
