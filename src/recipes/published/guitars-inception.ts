import type { Recipe } from './recipe.js'

export const guitarsInception: Recipe = {
  name: 'guitars-inception',
  title: 'InceptionV3 on three classes: a dense head, then the upper layers',
  data: { dataset: undefined, what: 'any folder of three classes', firstClasses: undefined, generatedClasses: 3 },
  split: { by: 'share', train: '0.7', validation: '0.1' },
  seed: 0,
  networks: [
    {
      model: 'inceptionv3',
      size: 299,
      resize: 'keras-nearest',
      steps: [
        {
          kind: 'head',
          title: 'GAP, Dense 1024, softmax by RMSprop',
          options: { head: 'dense', solver: 'rmsprop', lr: 0.001, batch: 32, epochs: 10 },
          published: undefined,
        },
        {
          kind: 'fine-tune',
          title: 'the layers behind the first 150 or so by SGD',
          tail: { from: 'mixed4' }, // the block that begins nearest to layer 150 of Keras' 311
          options: { solver: 'momentum', lr: 1e-4, batch: 32, epochs: 10 },
          published: undefined,
        },
      ],
    },
  ],
  pollution: false,
  deviations: ['The original names neither epochs nor batch size: 10 and 32. It reports no accuracy.'],
}
