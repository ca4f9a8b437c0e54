import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where weights may lie; the variables are those that the packages themselves heed. */
export interface WeightPlaces {
  /** The cache folder; its `models/` takes downloads. */
  readonly cache: string
  /** The user's home folder. */
  readonly home: string
  /** KERAS_HOME, TORCH_HOME, HF_HOME and HF_HUB_CACHE. */
  readonly variables?: Readonly<Record<string, string | undefined>>
}

/** The places of this machine and user. */
export function thisMachine(cache = 'cache'): WeightPlaces {
  return { cache, home: homedir(), variables: process.env }
}

/** The folder that downloads go to. */
export function modelsFolder({ cache }: WeightPlaces): string {
  return join(cache, 'models')
}

/** Where other programs keep downloaded weights of this name: keras, torch, Hugging Face. */
export async function foreignPaths(file: string, { home, variables = {} }: WeightPlaces): Promise<string[]> {
  const keras = variables.KERAS_HOME || join(home, '.keras')
  const torch = variables.TORCH_HOME || join(home, '.cache', 'torch')
  const hub = variables.HF_HUB_CACHE || join(variables.HF_HOME || join(home, '.cache', 'huggingface'), 'hub')
  return [
    join(keras, 'models', file),
    join(torch, 'hub', 'checkpoints', file),
    ...(await snapshots(hub)).map((folder) => join(folder, file)),
  ]
}

/** `models--OWNER--NAME/snapshots/REVISION` in the hub's cache. */
async function snapshots(hub: string): Promise<string[]> {
  const models = (await names(hub)).filter((name) => name.startsWith('models--'))
  const nested = models.map(async (model) => {
    const folder = join(hub, model, 'snapshots')
    return (await names(folder)).map((revision) => join(folder, revision))
  })
  return (await Promise.all(nested)).flat()
}

/** The sorted names in a folder; none where there is no such folder. */
async function names(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).sort()
}
