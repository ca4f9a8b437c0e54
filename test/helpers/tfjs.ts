import * as tf from '@tensorflow/tfjs'

tf.enableProdMode() // without its advertisement of faster packages

export { tf }
