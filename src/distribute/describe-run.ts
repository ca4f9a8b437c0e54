import { realpathSync } from 'node:fs'
import { thisHost } from '../base/process-name.js'
import type { SharedStore } from '../cache/store/shared-store.js'
import { ownBits } from '../extract/kept-calibration.js'
import type { Target } from '../extract/target.js'
import { codeNetworks } from '../extract/worker-setup.js'
import type { ScannedFolder } from '../images/scan-folder.js'
import type { QueueCodesOptions } from './options.js'
import { type NamedRun, nameRun, type RunKind } from './run-description.js'

/** Folder of networks in a store. */
export const networksFolder = 'networks-v1'

/** Seconds without a sign of life after which a worker's leases are given to others. */
const usualPatience = 30

/** Images by which a worker tells whether its root is the right one. */
const samples = 16

/** What workers are to do for some targets; the networks are put into the store, by their digests. */
export async function describeRun(
  targets: readonly Target[],
  { root, files }: ScannedFolder,
  { store, options }: { readonly store: SharedStore; readonly options: QueueCodesOptions },
): Promise<NamedRun> {
  const networks = await codeNetworks(targets)
  const digests = new Map<Uint8Array, string>()
  const kinds: RunKind[] = []
  for (const [which, { model: bytes, ...input }] of networks.entries()) {
    const target = targets[which]
    if (!target) throw new Error(`Expected a target for network ${which}`)
    const network = digests.get(bytes) ?? (await store.publish(networksFolder, [bytes], '.onnx')).digest
    digests.set(bytes, network)
    const { fingerprint, identity, model, backbone } = target
    const needsVnni = identity.precision === 'int8' && ownBits() === 8
    kinds.push({ fingerprint, identity, model, layer: backbone.layer, network, needsVnni, input })
  }
  const { cache = 'cache', dtype = 'float16', patience = usualPatience, exclude = new Set() } = options
  const step = Math.max(1, Math.floor(files.length / samples))
  return nameRun({
    data: root,
    shared: store.location,
    coordinator: `${thisHost()}:${realpathSync(cache)}`,
    patience,
    dtype,
    exclude: [...exclude].filter((one) => /^[0-9a-f]{64}$/.test(one)).sort(),
    samples: files.filter((_, at) => at % step === 0).map(({ path }) => path),
    kinds,
  })
}
