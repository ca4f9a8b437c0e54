import { join } from 'node:path'
import { seededRandom } from '../base/random.js'
import { isSqliteError } from '../cache/verify/catalog-damage.js'
import { shardFile } from '../cache/verify/checksums.js'
import type { Problem } from '../cache/verify/problem.js'
import { imagePaths, type SampledCode, sampleCodes } from '../cache/verify/sample-codes.js'
import type { VerifyScope, VerifyStep } from '../cache/verify/scope.js'
import { ImageLoaders, tryToLoad } from './image-loader.js'
import { Recomputer } from './recomputer.js'
import { Uncheckable } from './uncheckable.js'
import type { CrewOptions } from './worker-setup.js'

export interface RecomputeOptions extends CrewOptions {
  /** How many codes. */
  readonly codes: number
  /** Seed of the choice. */
  readonly seed: number
  /** Told of codes dealt with, of `all`. */
  readonly onCode?: ((done: number, all: number) => void) | undefined
}

/** What computing codes again gave. */
export interface Recomputed {
  /** Codes that were chosen: equal + close + different + unchecked. */
  readonly codes: number
  /** Equal byte by byte. */
  readonly equal: number
  /** Of another engine, device or CPU, and near enough: cosine of 0.9999 at least. */
  readonly close: number
  readonly different: number
  /** Codes of which nothing can be said, and why: neither good nor bad. */
  readonly unchecked: readonly UncheckedCode[]
}

export interface UncheckedCode extends Pick<SampledCode, 'image' | 'fingerprint'> {
  readonly reason: string
}

/** The step that computes codes again from their image files and compares; `result` tells what came of it. */
export class Recompute implements VerifyStep {
  readonly name = 'recompute'
  readonly #options: RecomputeOptions
  readonly #counts = { equal: 0, close: 0, different: 0 }
  readonly #unchecked: UncheckedCode[] = []
  #all = 0

  constructor(options: RecomputeOptions) {
    this.#options = options
  }

  get result(): Recomputed {
    return { codes: this.#all, ...this.#counts, unchecked: this.#unchecked }
  }

  async run(scope: VerifyScope): Promise<Problem[]> {
    const sample = this.#sample(scope)
    this.#all = sample.length
    const problems: Problem[] = []
    for (const fingerprint of new Set(sample.map((code) => code.fingerprint))) {
      const own = sample.filter((code) => code.fingerprint === fingerprint)
      problems.push(...(await this.#ofFingerprint(scope, fingerprint, own)))
    }
    return problems
  }

  #sample({ catalog }: VerifyScope): SampledCode[] {
    if (!catalog) return []
    try {
      return sampleCodes(catalog.database, this.#options.codes, seededRandom(this.#options.seed))
    } catch (error) {
      if (isSqliteError(error)) return [] // the step `catalog` says what is wrong with it
      throw error
    }
  }

  async #ofFingerprint(scope: VerifyScope, fingerprint: string, codes: readonly SampledCode[]): Promise<Problem[]> {
    const { catalog, signal } = scope
    if (!catalog) return []
    const images = codes.map(({ image }) => image)
    const paths = imagePaths(catalog.database, images)
    const loaders = new ImageLoaders()
    const recomputer = new Recomputer(catalog, { ...this.#options, fingerprint, signal })
    const problems: Problem[] = []
    try {
      for (const code of codes) {
        signal?.throwIfAborted()
        problems.push(...(await this.#check(scope, code, { recomputer, loaders, places: paths.get(code.image) ?? [] })))
        const { equal, close, different } = this.#counts
        this.#options.onCode?.(equal + close + different + this.#unchecked.length, this.#all)
      }
      return problems
    } finally {
      await recomputer.close()
    }
  }

  async #check({ codes, whole }: VerifyScope, code: SampledCode, tools: CheckTools): Promise<Problem[]> {
    const { image, fingerprint, shard, row } = code
    const file = shardFile(fingerprint, shard)
    try {
      const facts = whole.get(file)
      if (!facts) throw new Uncheckable('its shard is not whole')
      const { is, cosine } = await tools.recomputer.compare(await imageBytes(image, tools), { ...code, path: join(codes, file), facts })
      this.#counts[is]++
      const reason = `row ${row}, computed again from image ${image}, is another code (cosine ${cosine.toFixed(6)})`
      return is === 'different' ? [{ file, kind: 'bad', reason, mend: 'put-aside' }] : []
    } catch (error) {
      if (!(error instanceof Uncheckable)) throw error
      this.#unchecked.push({ image, fingerprint, reason: error.message })
      return []
    }
  }
}

type Place = { readonly root: string; readonly path: string }

interface CheckTools {
  readonly recomputer: Recomputer
  readonly places: readonly Place[]
  readonly loaders: ImageLoaders
}

/** The bytes of a file that still has an image's content. */
async function imageBytes(image: string, { places, loaders }: CheckTools): Promise<Uint8Array> {
  let found = false
  for (const { root, path } of places) {
    const file = await tryToLoad(loaders.of(root), path)
    if (file?.image === image) return file.bytes
    found ||= file !== undefined
  }
  if (places.length === 0) throw new Uncheckable('no data set has its image')
  throw new Uncheckable(found ? 'its image file has changed' : 'its image file is gone')
}
