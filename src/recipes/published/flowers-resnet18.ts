import type { Recipe } from './recipe.js'

/** Learner.fine_tune's: its Adam decays weights apart from the gradient, which is AdamW. */
const training = { head: 'fastai', solver: 'adamw', weightDecay: 0.01, batch: 64, schedule: 'one-cycle' } as const

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
          options: { ...training, lr: 2e-3, epochs: 1 },
          published: undefined,
        },
        {
          kind: 'fine-tune',
          title: 'all layers, three epochs of one cycle',
          tail: { from: 'input' },
          options: { ...training, lr: 1e-3, tailLr: 1e-4, epochs: 3 },
          published: { text: '91 % of the validation images, 100 % of 250 test images', accuracy: 1 },
        },
      ],
    },
  ],
  views: undefined,
  pollution: false,
  deviations: [
    "fast.ai trains the network's batch norms in its frozen epoch; cached codes use their moving statistics, in the three epochs too.",
    "fast.ai's one cycle rises for 99 % of the steps of the frozen epoch, and in the other three from a fifth of the rate for 30 %; here from a 25th for 25 %. It moves Adam's momentum too.",
    "fast.ai gives the network's first half a rate of 1e-5, its second half 1e-4 and the head 1e-3; here all layers of the network have 1e-4.",
    "Weights are decayed by 0.01 as in fast.ai, but biases and batch norms too; Adam's β₂ is 0.999 instead of 0.99, its ε 1e-7 instead of 1e-5.",
    'The weights of the epoch of the lowest validation loss are kept, where fast.ai keeps those of the last one.',
    "The validation images are 20 % of each class by the images' contents and seed 42; fast.ai's are 20 % of all, drawn by its own generator.",
  ],
}
