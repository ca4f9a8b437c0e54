import * as tf from '@tensorflow/tfjs'

tf.env().set('IS_TEST', true) // else it prints an advertisement for its Node version

export { tf }
