import { isObject } from '../base/json.js'
import { canonicalJson, type Json } from './fingerprint.js'

/** A part of an identity in which two kinds of codes differ; null where one has no such part. */
export interface PartDifference {
  /** As in the fingerprint's JSON: `preprocessing.resize`. */
  readonly part: string
  readonly asked: Json
  readonly cached: Json
}

/** Parts that are left out of an identity where they are as usual. */
const usual: Readonly<Record<string, Json>> = { 'preprocessing.decoder': 'exact', 'augment.spec': 'none' }

/** Parts that follow from others, which are told. */
const following: Readonly<Record<string, string>> = {
  calibration: 'precision',
  'preprocessing.decoderVersion': 'preprocessing.decoder',
  'augment.seed': 'augment.spec',
  'augment.view': 'augment.spec',
  'augment.version': 'augment.spec',
}

/** In what two identities differ, in the order of the parts' names. */
export function identityDifferences(asked: Json, cached: Json): PartDifference[] {
  const [a, b] = [partsOf(asked), partsOf(cached)]
  const value = (parts: ReadonlyMap<string, Json>, part: string) => parts.get(part) ?? usual[part] ?? null
  const differences = [...new Set([...a.keys(), ...b.keys()])]
    .sort()
    .map((part) => ({ part, asked: value(a, part), cached: value(b, part) }))
    .filter((one) => canonicalJson(one.asked) !== canonicalJson(one.cached))
  const differing = new Set(differences.map(({ part }) => part))
  return differences.filter(({ part }) => !differing.has(following[part] ?? ''))
}

/** The values within an object by their paths. */
function partsOf(value: Json, path = ''): Map<string, Json> {
  if (!isObject(value)) return new Map([[path, value]])
  const inner = Object.entries(value).flatMap(([name, part]) => [...partsOf(part ?? null, path === '' ? name : `${path}.${name}`)])
  return new Map(inner)
}
