import { existsSync } from 'node:fs'
import { readHeader } from '../catalog-header.js'
import { cachePaths } from '../paths.js'
import { catalogDamage, isSqliteError } from './catalog-damage.js'
import { compareShards, unknownShards } from './compare-shards.js'
import type { Problem } from './problem.js'
import type { VerifyScope, VerifyStep } from './scope.js'
import { wrongRows } from './wrong-rows.js'

/** The catalog by itself, and against the shards that are whole. */
export const catalog: VerifyStep = { name: 'catalog', run: checkCatalog }

function checkCatalog(scope: VerifyScope): Problem[] {
  const { trouble, cache } = scope
  if (trouble !== undefined) return [unusable(trouble)]
  if (!scope.catalog) return unknownShards(scope)
  const path = cachePaths(cache).catalog
  const formats = existsSync(path) ? readHeader(path)?.formats : undefined
  if (formats?.some((format) => format > 2)) return [unusable(`SQLite cannot use a file of format ${formats.join(' and ')}`)]
  const { database } = scope.catalog
  try {
    const damage = catalogDamage(database)
    return damage === undefined ? [...wrongRows(database), ...compareShards(scope, scope.catalog)] : [unusable(damage)]
  } catch (error) {
    if (!isSqliteError(error)) throw error
    return [unusable(`SQLite cannot read it: ${error.message}`)]
  }
}

const unusable = (reason: string): Problem => ({ file: 'catalog.sqlite', kind: 'bad', reason, mend: 'rebuild' })
