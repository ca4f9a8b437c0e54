#!/usr/bin/env node
/** Times the Gram matrix of a data set's flat codes, reading them from the shards included: node scripts/time-gram.mjs DATA CACHE */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodeReader } from '../dist/cache/code-reader.js'
import { createGemm } from '../dist/engine/gemm.js'
import { openDataSet } from '../dist/evaluate/data-set.js'
import { gramMatrix } from '../dist/heads/gram-matrix.js'

const [data, cache] = process.argv.slice(2)
const { catalog, fingerprint } = openDataSet({ data, cache })
const reader = new CodeReader(catalog, fingerprint)
const images = reader.stored(catalog.codes.images(fingerprint.id))
const elsewhere = mkdtempSync(join(tmpdir(), 'cnn-codes-gram-'))
const started = performance.now()
await gramMatrix({
  gemm: createGemm(),
  cache: elsewhere,
  key: { fingerprint: fingerprint.digest, pool: 'none' },
  reader,
  images,
})
const seconds = (performance.now() - started) / 1000
catalog.close()
rmSync(elsewhere, { recursive: true, force: true })
process.stdout.write(`${JSON.stringify({ rows: images.length, length: reader.length, seconds })}\n`)
