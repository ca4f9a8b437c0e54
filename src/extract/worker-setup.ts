import { availableParallelism } from 'node:os'
import { sessionsAtOnce } from '../engine/device.js'
import type { EngineInfo } from '../engine/engine-info.js'
import { resolveEngine } from '../engine/resolve-engine.js'
import { codeGraph } from './code-graph.js'
import type { InputSetup, NetworkSetup, WorkerSetup } from './messages.js'
import type { ExtractSeveralOptions } from './options.js'
import type { Target } from './target.js'
import type { PoolSize } from './worker-pool.js'

/** How threads are started, and how many. */
export interface Crew {
  readonly setup: WorkerSetup
  readonly size: PoolSize
  /** What each network runs on. */
  readonly on: readonly EngineInfo[]
}

export interface CrewOptions extends Pick<ExtractSeveralOptions, 'engine' | 'device'> {
  /** Default one for each core; fewer where the engine takes fewer. */
  readonly workers?: number | undefined
}

/**
 * What the threads are started with: one thread a session, since the sessions share the cores. Where an engine takes
 * fewer sessions than there are cores, the other threads may decode for them.
 *
 * @param known what `resolveEngine` said without a network.
 * @throws UserError when the engine or a device asked for by name cannot run one of the networks.
 */
export async function workerSetup(targets: readonly Target[], options: CrewOptions, known?: EngineInfo): Promise<Crew> {
  return crewFor(await codeNetworks(targets), options, known)
}

/** A network as its bytes, and the input that it takes. */
export type CodeNetwork = Omit<NetworkSetup, 'on'>

/**
 * The networks of some targets; those that share a backbone share the very same bytes.
 *
 * @throws UserError as `codeGraph` does.
 */
export async function codeNetworks(targets: readonly Target[]): Promise<CodeNetwork[]> {
  const models = new Map<Target['backbone'], Uint8Array>()
  const networks: CodeNetwork[] = []
  for (const target of targets) {
    const model = models.get(target.backbone) ?? (await codeGraph(target.backbone))
    models.set(target.backbone, model)
    networks.push({ model, ...inputSetup(target) })
  }
  return networks
}

/** As `workerSetup`, of networks that are there as bytes. */
export async function crewFor(asked: readonly CodeNetwork[], options: CrewOptions, known?: EngineInfo): Promise<Crew> {
  const networks: NetworkSetup[] = []
  const on: EngineInfo[] = []
  const { engine, device } = options
  const found = known ?? (await resolveEngine({ engine, device }))
  for (const network of asked) {
    const info = isPlain(found) ? found : await resolveEngine({ engine, device, model: network.model })
    on.push(info)
    networks.push({ ...network, on: { engine: info.engine, provider: info.provider } })
  }
  const most = Math.min(...on.map(sessionsAtOnce))
  const threads = options.workers ?? availableParallelism()
  const coders = Math.min(threads, most)
  return { setup: { threads: 1, networks }, size: { coders, decoders: threads - coders }, on }
}

/** onnxruntime on the CPU runs every network. */
const isPlain = ({ engine, provider }: EngineInfo) => engine === 'onnx' && provider === 'cpu'

/** What the target's network takes. */
export function inputSetup({
  backbone,
  preprocessing,
  pixelLimit,
  augmented,
}: Pick<Target, 'backbone' | 'preprocessing' | 'pixelLimit' | 'augmented'>): InputSetup {
  const { size, layout, batch: fixedBatch } = backbone
  return { size, layout, fixedBatch, preprocessing, pixelLimit, augmented }
}

/** On a CPU small batches stay in its caches (4 take 5 % less time than 8, and less memory); a GPU needs work for all its cores. */
const usualBatch = { cpu: 4, other: 32 }

/** Images in a batch: what a network fixes, else what is asked for, else what suits the device. */
export function batchSize(targets: readonly Target[], asked: number | undefined, on: Pick<EngineInfo, 'provider'>): number {
  return inBatchesOf(
    targets.map(({ backbone }) => backbone.batch),
    asked,
    on,
  )
}

/** The same by the batches that the networks fix; undefined where one does not. */
export function inBatchesOf(
  fixed: readonly (number | undefined)[],
  asked: number | undefined,
  { provider }: Pick<EngineInfo, 'provider'>,
): number {
  const usual = asked ?? (provider === 'cpu' ? usualBatch.cpu : usualBatch.other)
  return Math.max(...fixed.map((batch) => batch ?? usual))
}
