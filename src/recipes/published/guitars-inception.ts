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
          title: 'the 178 layers behind mixed4 too, by SGD',
          tail: { from: 'conv2d_40' }, // the first one behind mixed4, number 132 of Keras' 311: layer 150 is inside the next block
          options: { head: 'dense', solver: 'momentum', lr: 1e-4, tailLr: 1e-4, batch: 32, epochs: 10, schedule: 'constant' },
          published: undefined,
        },
      ],
    },
  ],
  views: undefined,
  pollution: false,
  deviations: [
    'The original names neither epochs nor batch size: 10 and 32. It reports no accuracy.',
    'It trains the layers behind the first 150 or so, where mixed5 has branches: a network is cut where it comes together, here behind the 132nd.',
    'Batch norms behind the cut keep their moving statistics; their scales and offsets are trained.',
  ],
}
