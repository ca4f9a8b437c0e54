import { activation, elu, leakyRelu, prelu, relu, softmax } from './activation-layers.js'
import { getItem, stack } from './channel-layers.js'
import { conv2d, dense, depthwiseConv2d, separableConv2d } from './conv-layers.js'
import type { LayerRule } from './layer-call.js'
import { average, concatenate, merge, scaledSum } from './merge-layers.js'
import { batchNormalization, normalization, rescaling } from './norm-layers.js'
import { globalPooling2d, pooling2d } from './pool-layers.js'
import { cropping2d, flatten, nothing, permute, reshape, zeroPadding2d } from './shape-layers.js'

/** Layers by class, under all the names that Keras 2, Keras 3 and tfjs have for them. A new one is one rule and one line here. */
export const layerRules: ReadonlyMap<string, LayerRule> = new Map([
  ...named(conv2d, 'Conv2D', 'Convolution2D'),
  ...named(depthwiseConv2d, 'DepthwiseConv2D'),
  ...named(separableConv2d, 'SeparableConv2D', 'SeparableConvolution2D'),
  ...named(dense, 'Dense'),
  ...named(pooling2d('max'), 'MaxPooling2D', 'MaxPool2D'),
  ...named(pooling2d('average'), 'AveragePooling2D', 'AvgPool2D'),
  ...named(globalPooling2d('max'), 'GlobalMaxPooling2D', 'GlobalMaxPool2D'),
  ...named(globalPooling2d('average'), 'GlobalAveragePooling2D', 'GlobalAvgPool2D'),
  ...named(batchNormalization, 'BatchNormalization', 'SyncBatchNormalization'),
  ...named(rescaling, 'Rescaling'),
  ...named(normalization, 'Normalization'),
  ...named(activation, 'Activation'),
  ...named(relu, 'ReLU'),
  ...named(leakyRelu, 'LeakyReLU'),
  ...named(elu, 'ELU'),
  ...named(prelu, 'PReLU'),
  ...named(softmax, 'Softmax'),
  ...named(merge('Add'), 'Add'),
  ...named(merge('Sub'), 'Subtract'),
  ...named(merge('Mul'), 'Multiply'),
  ...named(merge('Div'), 'Divide', 'TrueDivide'),
  ...named(merge('Max'), 'Maximum'),
  ...named(merge('Min'), 'Minimum'),
  ...named(average, 'Average'),
  ...named(scaledSum, 'CustomScaleLayer', 'Custom>CustomScaleLayer'),
  ...named(concatenate, 'Concatenate'),
  ...named(getItem, 'GetItem', 'SlicingOpLambda'),
  ...named(stack, 'Stack'),
  ...named(flatten, 'Flatten'),
  ...named(reshape, 'Reshape'),
  ...named(permute, 'Permute'),
  ...named(zeroPadding2d, 'ZeroPadding2D'),
  ...named(cropping2d, 'Cropping2D'),
  ...named(
    nothing,
    'Dropout',
    'SpatialDropout2D',
    'AlphaDropout',
    'GaussianDropout',
    'GaussianNoise',
    'ActivityRegularization',
    'Identity',
  ),
  // Augmentation is for training alone. RandomCrop is not here: it takes the middle of an image ever after.
  ...named(nothing, 'RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomTranslation', 'RandomContrast', 'RandomBrightness'),
  ...named(nothing, 'RandomHeight', 'RandomWidth', 'RandomShear', 'RandomHue', 'RandomSaturation', 'RandomSharpness'),
  ...named(nothing, 'RandomColorJitter', 'RandomColorDegeneration', 'RandomGrayscale', 'RandomGaussianBlur', 'RandomPerspective'),
  ...named(nothing, 'RandomPosterization', 'RandomErasing', 'RandomElasticTransform', 'RandomInvert', 'RandAugment', 'AugMix'),
])

function named(rule: LayerRule, ...classes: readonly string[]): (readonly [string, LayerRule])[] {
  return classes.map((name) => [name, rule] as const)
}
