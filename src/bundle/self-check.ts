import type { Backbone } from '../backbones/backbone.js'
import { UserError } from '../base/errors.js'
import type { Matrix } from '../engine/gemm.js'
import { createSession, type Session } from '../engine/onnx-session.js'
import { toAnswers } from '../evaluate/test-scores.js'
import { writeOnnx } from '../graph/write-onnx.js'
import { headGraph } from './head-graph.js'
import type { Bundle } from './load-bundle.js'
import { networkInput } from './network-input.js'

/** How far a probability may be off: another machine, another order of sums. int8 differs between CPUs. */
const tolerance = { float32: 2e-3, int8: 0.1 } as const

/** A session of the bundle's head alone, [n, D] codes in, [n, classes] probabilities out. */
export function openHead(bundle: Bundle): Promise<Session> {
  return createSession(writeOnnx(headGraph(bundle, bundle.codeLength)), 1)
}

/**
 * Has a loaded head answer the codes of its self-test.
 *
 * @throws UserError where it says something else than when it was trained.
 */
export async function checkHead(bundle: Bundle, head: Session): Promise<void> {
  const codes = bundle.selfTest?.codes
  if (!codes) return
  const { rows, columns, data } = codes
  if (columns !== bundle.codeLength) throw otherwise(bundle, `codes of ${columns} numbers for a head of ${bundle.codeLength}`)
  const { data: said } = await head.run(data, [rows, columns])
  compare(bundle, { said, what: 'its head', most: tolerance.float32 })
}

/**
 * Has the whole network answer the pixels of the self-test, where the bundle has some.
 *
 * @param model bytes of the classifier's graph.
 * @throws UserError where it says something else than when the bundle was made.
 */
export async function checkPixels(bundle: Bundle, backbone: Backbone, model: Uint8Array): Promise<void> {
  const { selfTest, identity } = bundle
  if (!selfTest?.pixels) return
  const session = await createSession(model, 1)
  try {
    const rows = selfTest.images.length
    const { data, dims, batch } = networkInput(selfTest.pixels, backbone)
    const length = data.length / rows
    const classes = bundle.labels.length
    const said = new Float32Array(rows * classes)
    // A batch that the network fixes is filled up with the last image.
    for (let from = 0; from < rows; from += batch) {
      const input = new Float32Array(batch * length)
      input.set(data.subarray(from * length, (from + batch) * length))
      const output = await session.run(input, [batch, ...dims])
      said.set(output.data.subarray(0, Math.min(batch, rows - from) * classes), from * classes)
    }
    compare(bundle, { said, what: 'its network', most: tolerance[identity.precision] })
  } finally {
    await session.release()
  }
}

interface Compared {
  /** [images, classes] */
  readonly said: Float32Array
  readonly what: string
  readonly most: number
}

function compare(bundle: Bundle, { said, what, most }: Compared): void {
  const expected = bundle.selfTest?.answers
  if (!expected) return
  if (expected.data.length !== said.length)
    throw otherwise(bundle, `answers for ${expected.columns} classes where it has ${bundle.labels.length}`)
  const wanted = toProbabilities(bundle, expected)
  let worst = 0
  for (const [at, value] of wanted.entries()) {
    const off = Math.abs(value - (said[at] as number))
    if (!(off <= Math.abs((wanted[worst] as number) - (said[worst] as number)))) worst = at
  }
  const [was, is] = [wanted[worst] as number, said[worst] as number]
  if (Math.abs(was - is) <= most) return
  const image = bundle.selfTest?.images[Math.floor(worst / expected.columns)]?.slice(0, 12)
  const label = bundle.labels[worst % expected.columns]
  throw otherwise(bundle, `that ${what} gives ${is.toFixed(4)} for "${label}" on image ${image}… where it gave ${was.toFixed(4)}`)
}

/** Scores of a head without probabilities are told by their softmax. */
function toProbabilities({ record }: Bundle, answers: Matrix): Float32Array {
  return record.answers === 'scores' ? toAnswers(answers, 'softmax') : answers.data
}

function otherwise({ folder }: Bundle, found: string): UserError {
  return new UserError(
    `Expected the bundle in ${folder} to pass its self-test, found ${found}. Copy the whole folder again, or train the head again.`,
  )
}
