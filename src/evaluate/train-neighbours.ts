import { usageError } from '../base/errors.js'
import { type Matrix, matrix } from '../engine/gemm.js'
import { argmaxRows } from '../heads/argmax.js'
import { chooseVotes, voteRules } from '../heads/choose-votes.js'
import { nearest } from '../heads/nearest.js'
import { accuracyOf } from '../heads/score.js'
import { type VoteRule, votes } from '../heads/votes.js'
import type { Features } from './features.js'
import { eachSimilarities } from './similarities.js'
import { labelsOf, type Split } from './split.js'
import type { HeadJob, TrainedHead } from './trained-head.js'

/**
 * k nearest neighbours by cosine similarity. How many, and how they vote, is chosen on the validation part by votes of the train part;
 * then the images of both vote. The accuracy on these is without each image's own vote.
 *
 * @throws UserError for more neighbours than there are images to vote.
 */
export async function trainNeighbours({ data, parts, options, refit, isSwept, ...job }: HeadJob): Promise<TrainedHead> {
  const { train, validation } = parts
  const features = await job.features()
  const rule = given(options, train.length) ?? (await chosenRule(features, parts))
  const samples = refit ? Int32Array.from([...train, ...validation]) : train
  const held = !isSwept && validation.length > 0 ? await votesOf(features, parts, { samples: validation, voters: train, rule }) : null
  const own = await votesOf(features, parts, { samples, voters: samples, rule, own: true })
  return {
    samples,
    epochs: 1,
    history: [],
    accuracy: {
      train: accuracyOf(argmaxRows(own), labelsOf(parts, samples)),
      validation: held && accuracyOf(argmaxRows(held), labelsOf(parts, validation)),
    },
    chosen: rule,
    space: features.kind,
    scores: (others) => votesOf(features, parts, { samples: others, voters: samples, rule }),
    layers: async () => [
      {
        type: 'knn',
        settings: {
          ...rule,
          images: Array.from(samples, (sample) => data.images[sample]?.sha256 ?? ''),
          labels: [...labelsOf(parts, samples)],
        },
        tensors: {},
      },
    ],
  }
}

/** The rule that the options say, if any. */
function given({ neighbours, temperature = 0.07 }: HeadJob['options'], voters: number): VoteRule | undefined {
  if (neighbours === undefined) return undefined
  if (neighbours > voters) throw usageError('--neighbours', `at most ${voters}, the images to train`, neighbours)
  return { neighbours, temperature }
}

async function chosenRule(features: Features, parts: Split): Promise<VoteRule> {
  const { train, validation, classes } = parts
  const count = Math.min(train.length, Math.max(...voteRules.map(({ neighbours }) => neighbours)))
  const size = validation.length * count
  const found = { places: new Int32Array(size), similarities: new Float32Array(size), count }
  await eachSimilarities(features, validation, train, (similarities, from) => {
    const { places, similarities: values } = nearest(similarities, count)
    found.places.set(places, from * count)
    found.similarities.set(values, from * count)
  })
  const rule = chooseVotes(found, { own: labelsOf(parts, validation), candidates: labelsOf(parts, train), classes: classes.length })
  return { ...rule, neighbours: Math.min(rule.neighbours, train.length) }
}

interface Vote {
  readonly samples: Int32Array
  readonly voters: Int32Array
  readonly rule: VoteRule
  /** The samples are the voters, and none votes for itself. */
  readonly own?: boolean
}

/** Shares of votes, [samples, classes]. */
async function votesOf(features: Features, parts: Split, { samples, voters, rule, own = false }: Vote): Promise<Matrix> {
  const classes = parts.classes.length
  const labels = labelsOf(parts, voters)
  const shares = matrix(samples.length, classes)
  await eachSimilarities(features, samples, voters, (similarities, from) => {
    const found = nearest(similarities, rule.neighbours, own ? (row) => from + row : undefined)
    shares.data.set(votes(found, labels, classes, rule).data, from * classes)
  })
  return shares
}
