import { type Catalog, openCatalog } from '../cache/catalog.js'
import { Leases } from '../cache/leases.js'
import type { EngineInfo } from '../engine/engine-info.js'
import { resolveEngine } from '../engine/resolve-engine.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import { inPrecisions } from './in-precisions.js'
import { inViews } from './in-views.js'
import type { ExtractSeveralOptions } from './options.js'
import { resolveTargets, type Target } from './target.js'
import { WorkerPool } from './worker-pool.js'
import { type Crew, workerSetup } from './worker-setup.js'

/** Threads that are at work, and what each network runs on. */
export interface RunningCrew extends Pick<Crew, 'on'> {
  readonly pool: WorkerPool
}

/** What a slow stage holds while it goes over a folder once or many times: networks, catalog, threads. The caller closes it. */
export class CodeSession {
  readonly catalog: Catalog
  readonly leases: Leases
  readonly options: ExtractSeveralOptions
  /** What runs the networks as far as can be told without them. */
  readonly on: EngineInfo
  /** Ids of the fingerprints whose run the catalog has: a session is one run, however many rounds it makes. */
  readonly entered = new Set<number>()
  readonly #floats: readonly Target[]
  #targets: readonly Target[] | undefined
  #crew: Promise<RunningCrew> | undefined

  private constructor(catalog: Catalog, options: ExtractSeveralOptions, { on, floats }: { on: EngineInfo; floats: readonly Target[] }) {
    this.catalog = catalog
    this.leases = Leases.open(catalog.cache)
    this.options = options
    this.on = on
    this.#floats = floats
  }

  /** @throws UserError for an unknown model, a model that takes no images, a device that is not there, a cache that cannot be written. */
  static async open(options: ExtractSeveralOptions): Promise<CodeSession> {
    const { cache = 'cache', engine, device } = options
    const on = await resolveEngine({ engine, device })
    const floats = await resolveTargets(options)
    const catalog = openCatalog(cache)
    try {
      return new CodeSession(catalog, options, { on, floats })
    } catch (error) {
      catalog.close()
      throw error
    }
  }

  /** The kinds of codes to make, the views of one side by side; int8 is calibrated on the images of the first folder that is given. */
  async targets(scanned: ScannedFolder): Promise<readonly Target[]> {
    this.#targets ??= inViews(await inPrecisions(this.#floats, scanned, { ...this.options, leases: this.leases }), this.options)
    return this.#targets
  }

  /** The threads, one per core unless told otherwise; they start when they are first needed and stay. */
  crew(targets: readonly Target[]): Promise<RunningCrew> {
    this.#crew ??= this.#start(targets)
    return this.#crew
  }

  /** The threads if they were needed so far. */
  async runningCrew(): Promise<RunningCrew | undefined> {
    return this.#crew?.catch(() => undefined)
  }

  async #start(targets: readonly Target[]): Promise<RunningCrew> {
    const { setup, size, on } = await workerSetup(targets, this.options, this.on)
    return { pool: await WorkerPool.start(setup, size), on }
  }

  async close(): Promise<void> {
    try {
      await (await this.runningCrew())?.pool.close()
    } finally {
      this.leases.close()
      this.catalog.close()
    }
  }
}
