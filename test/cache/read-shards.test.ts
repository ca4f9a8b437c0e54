import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { itemsOf } from '../../src/base/json.js'
import { openCatalog } from '../../src/cache/catalog.js'
import { CodeReader } from '../../src/cache/code-reader.js'
import { exchangeFormats } from '../../src/cache/exchange/exchange-row.js'
import { canonicalJson } from '../../src/cache/fingerprint.js'
import { shardPaths } from '../../src/cache/index-shards.js'
import { cachePaths } from '../../src/cache/paths.js'
import { exportCodes } from '../../src/evaluate/export-codes.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { hostileDataSet, hostilePaths } from '../helpers/hostile-data-set.js'
import { tempFolder } from '../helpers/temp-folder.js'

/** The interpreter, which the environment may name, and those of the packages that it has. */
const python = process.env.CNN_CODES_PYTHON ?? 'python3'
const script = fileURLToPath(new URL('../../scripts/read_shards.py', import.meta.url))
const has = (name: string) => {
  try {
    execFileSync(python, ['-c', `import ${name}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const packages = has('numpy') ? ['numpy', 'pyarrow', 'polars', 'duckdb'].filter(has) : []

/** What the script prints of each file. */
function readBy(files: readonly string[]) {
  const printed = JSON.parse(execFileSync(python, [script, ...files], { encoding: 'utf8' }))
  return itemsOf(printed.files)
}

/** What CodeReader gives, told as the script tells it. */
function expected({ cache, fingerprint }: Awaited<ReturnType<typeof hostileDataSet>>, dtype: string) {
  const catalog = openCatalog(cache)
  const reader = new CodeReader(catalog, fingerprint)
  const images = reader.stored(hostilePaths.map(hashOf))
  const codes = images.map((image) => {
    const code = reader.read([image])
    const sum = code.reduce((before, value) => before + value, 0)
    const sha256 = createHash('sha256').update(new Uint8Array(code.buffer)).digest('hex')
    return [image, { dtype, sum, first: code[0], last: code.at(-1), sha256 }] as const
  })
  catalog.close()
  return Object.fromEntries(codes)
}

const metadata = { fingerprint: canonicalJson({ ...identity }), shape: '[3,1,2]', made: '{"cpu":"Test \\"1\\"","engine":"onnx"}' }

/** What pyarrow tells of a shard. */
const shardSchema = (number: string) => {
  return {
    types: { image: 'fixed_size_binary[32]', view: 'uint16', crc: 'uint32', code: `fixed_size_list<item: ${number} not null>[6]` },
    metadata,
  }
}

/** What it tells of an export. */
const exportSchema = {
  types: { path: 'string', image: 'string', view: 'uint16', dtype: 'string', crc: 'uint32', code: 'list<element: float not null>' },
  metadata: { ...metadata, pool: 'none' },
}

/** What of the readers are there is expected to have read, and the others to be skipped. */
const by = (names: readonly string[], told: unknown) =>
  Object.fromEntries(names.filter((name) => packages.includes(name)).map((name) => [name, told]))

describe.skipIf(packages.length === 0)(`read_shards.py by ${packages.join(', ')} (skipped where ${python} has no numpy)`, () => {
  it.each([
    { dtype: 'float16' as const, number: 'halffloat', readers: ['pyarrow', 'polars'] },
    { dtype: 'float32' as const, number: 'float', readers: packages.includes('pyarrow') ? ['pyarrow', 'polars', 'duckdb'] : ['polars'] },
  ])('finds the same numbers in shards of $dtype', async ({ dtype, number, readers }) => {
    const made = await hostileDataSet(dtype)
    const [shard = '', ...others] = shardPaths(cachePaths(made.cache).codes)
    expect(others).toEqual([])
    const [file] = readBy([shard])
    expect(file).toMatchObject({ readers: by(readers, { paths: null, codes: expected(made, dtype) }) })
    if (packages.includes('pyarrow')) expect(file).toMatchObject({ readers: { pyarrow: shardSchema(number) } })
    if (dtype === 'float16' && packages.includes('duckdb') && packages.includes('pyarrow'))
      expect(file).toMatchObject({ skipped: { duckdb: 'it has no half floats' } })
  })

  it.each(['float16', 'float32'] as const)('finds the same numbers and paths in exports of %s', async (dtype) => {
    const made = await hostileDataSet(dtype)
    const out = tempFolder()
    const files: string[] = []
    for (const format of exchangeFormats) {
      const written = await exportCodes({
        ...made,
        fingerprint: undefined,
        format,
        out: join(out, format === 'npy' ? 'npy' : `codes.${format}`),
      })
      files.push(format === 'npy' ? dirname(written.files[0] ?? '') : (written.files[0] ?? ''))
    }
    const told = (as: string) => ({ paths: ['a/plain.png', 'b/copy.png', ...hostilePaths.slice(1)], codes: expected(made, as) })
    const found = readBy(files)
    if (packages.includes('pyarrow')) expect(found[0]).toMatchObject({ readers: { pyarrow: exportSchema } })
    expect(found).toMatchObject([
      { readers: by(['pyarrow', 'polars', 'duckdb'], told('float32')) },
      { readers: by(['numpy'], told(dtype)) },
      { readers: by(['duckdb'], told('float32')) },
    ])
  })
})

it.skipIf(!has('sys'))('read_shards.py says what it skips', () => {
  const found = JSON.parse(execFileSync(python, ['-S', '-I', script, 'a.parquet'], { encoding: 'utf8' }))
  const skipped = {
    pyarrow: 'not installed: numpy, pyarrow',
    polars: 'not installed: numpy, polars',
    duckdb: 'not installed: numpy, duckdb',
  }
  expect(found).toEqual({ versions: {}, files: [{ file: 'a.parquet', readers: {}, skipped }] })
})
