import { oneLine } from '../base/one-line.js'
import type { TrainHeadResult } from '../evaluate/train-head.js'
import { counted } from './format.js'

type Trained = Pick<TrainHeadResult, 'solver' | 'head' | 'space' | 'l2' | 'neighbours' | 'temperature' | 'epochs' | 'kept' | 'settings'>

/** What a head is, and what trained it: "softmax" and "L-BFGS in gram space, L2 0.01". */
export function solverText({ solver, head, space, l2, neighbours, temperature, epochs, kept, settings }: Trained): {
  head: string
  solver: string
} {
  const withL2 = (text: string) => (l2 === null ? text : `${text}, L2 ${Number(l2.toPrecision(3))}`)
  if (solver === 'lbfgs') return { head, solver: withL2(`L-BFGS in ${space} space`) }
  if (solver === 'svm') return { head: 'linear SVM', solver: withL2(`L-BFGS in ${space} space`) }
  if (solver === 'ridge') return { head: 'ridge regression', solver: withL2(`closed form in ${space} space`) }
  if (solver === 'ncm') return { head: 'nearest class mean', solver: `in ${space} space` }
  const votes = temperature === null ? 'equal votes' : `votes at temperature ${temperature}`
  if (solver === 'knn')
    return { head: 'nearest neighbours', solver: `${neighbours} ${neighbours === 1 ? 'neighbour' : 'neighbours'}, ${votes}` }
  const rate = typeof settings.lr === 'number' ? ` at rate ${settings.lr}` : ''
  const ofEpoch = kept === null ? '' : `, that of epoch ${kept} kept`
  return { head: oneLine(head), solver: withL2(`${solver}${rate}, ${counted(epochs, 'epoch')}${ofEpoch}`) }
}
