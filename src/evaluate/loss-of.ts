import type { Loss } from '../heads/losses/loss.js'
import { sigmoidLoss } from '../heads/losses/sigmoid-loss.js'
import { softmaxLoss } from '../heads/losses/softmax-loss.js'
import type { HeadSpec } from '../heads/network/head-spec.js'
import type { HeadOptions } from './head-options.js'
import type { Split } from './split.js'

/** The loss of a head: softmax for one class of many; sigmoid for labels that are true or not each, the classes of a one-class set too. */
export function lossOf({ output }: Pick<HeadSpec, 'output'>, { labels, classes, targets }: Split, { focal }: HeadOptions): Loss {
  if (output === 'softmax') return softmaxLoss({ labels, classes: classes.length, focal })
  return sigmoidLoss({ targets: targets ?? oneHot(labels, classes.length), outputs: classes.length, focal })
}

/** [samples, classes] */
function oneHot(labels: Int32Array, classes: number): Uint8Array {
  const targets = new Uint8Array(labels.length * classes)
  labels.forEach((label, sample) => {
    targets[sample * classes + label] = 1
  })
  return targets
}
