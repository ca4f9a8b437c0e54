import { quoted } from '../base/quoted.js'
import { type Versions, versions } from '../base/versions.js'
import { withoutCredentials } from '../base/without-credentials.js'

/** What repeats a training, beside its options and seed. */
export type RunFacts = {
  readonly versions: Versions
  /** From the beginning to the head's figures. */
  readonly seconds: number
  /** As it was typed, credentials removed, with the models where they were left out; null where the library was called. */
  readonly command: string | null
}

interface Run {
  readonly started: number
  readonly words: readonly string[] | undefined
  readonly models: readonly string[]
}

/**
 * @param started as `performance.now` told it.
 * @param words of the command line.
 * @param models that were taken: by default those of the last run of codes, which may be others some day.
 */
export function runFacts({ started, words, models }: Run): RunFacts {
  return {
    versions: versions(),
    seconds: (performance.now() - started) / 1000,
    command: words ? ['cnn-codes', ...withoutCredentials(withModels(words, models)).map(quoted)].join(' ') : null,
  }
}

function withModels(words: readonly string[], models: readonly string[]): readonly string[] {
  const isGiven = words.some((word) => word === '--model' || word.startsWith('--model='))
  return isGiven ? words : [...words, ...[...new Set(models)].flatMap((model) => ['--model', model])]
}
