import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { exchangeFormats } from '../../src/cache/exchange/exchange-row.js'
import { importCodes } from '../../src/cache/exchange/import-codes.js'
import { shardPaths } from '../../src/cache/index-shards.js'
import { cachePaths } from '../../src/cache/paths.js'
import { ShardWriter } from '../../src/cache/shard-writer.js'
import { type ExportCodesOptions, exportCodes } from '../../src/evaluate/export-codes.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { hostileDataSet, hostilePaths, hostileShape } from '../helpers/hostile-data-set.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

/** A coded data set of two classes in train and test, float32. */
const twoClasses = () => codedDataSet({ counts: { a: 2, b: 1 }, shape: [2, 2], part: (index) => (index === 0 ? 'train' : 'test') })

/** The lines of a CSV export, parted at commas. */
async function csvOf(options: ExportCodesOptions) {
  const out = join(tempFolder(), 'codes.csv')
  await exportCodes({ ...options, format: 'csv', out })
  return readFileSync(out, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))
}

describe('exportCodes', () => {
  it.each<[ExportCodesOptions, string]>([
    [{ dtype: 'float32' }, 'Expected --dtype to be left out of any format but npy, got "float32". Parquet and CSV hold float32.'],
    [{ fingerprint: 'abcd' }, 'Expected --fingerprint to be given with --all only, got "abcd".'],
    [{ all: true, fingerprint: 'xyz' }, 'Expected --fingerprint to be at least 4 hexadecimal digits, got "xyz".'],
    [{ all: true, classes: ['a'] }, 'Expected --all to be given without --classes, got true. It takes every code.'],
    [{ all: true, excludeClasses: ['a'] }, 'Expected --all to be given without --exclude-classes, got true. It takes every code.'],
    [{ all: true, exclude: new Set(['a']) }, 'Expected --all to be given without --exclude, got true. It takes every code.'],
  ])('refuses %j', async (options, message) => {
    expect(await userErrorOf(() => exportCodes(options))).toMatchObject({ message, exitCode: 2 })
  })

  it('says how to make codes where there are none', async () => {
    const [data, cache] = [tempFolder(), tempFolder()]
    for (const all of [false, true]) {
      expect((await userErrorOf(() => exportCodes({ data, cache, all }))).message).toBe(
        `Expected codes for the images of ${data}, found none in ${cache}. Make them with: npm run codes -- --data ${data} --cache ${cache}`,
      )
    }
  })

  it('tells a row for each file with its label and part, of the classes that are asked for', async () => {
    const { data, cache } = await twoClasses()
    const [header, ...rows] = await csvOf({ data, cache, excludeClasses: ['c'].filter(() => false), classes: ['a'] })
    expect(header).toEqual(['path', 'label', 'part', 'image', 'view', 'dtype', 'crc', 'c0', 'c1', 'c2', 'c3'])
    expect(rows.map((cells) => cells.slice(0, 6))).toEqual([
      ['a/0.png', 'a', 'train', hashOf('a/0'), '0', 'float32'],
      ['a/1.png', 'a', 'test', hashOf('a/1'), '0', 'float32'],
    ])
  })

  it('pools', async () => {
    const { data, cache } = await hostileDataSet('float16')
    const flat = await csvOf({ data, cache })
    const mean = await csvOf({ data, cache, pool: 'avg' })
    const most = await csvOf({ data, cache, pool: 'max' })
    const numbers = (cells: readonly string[] | undefined, count: number) => (cells ?? []).slice(-count).map(Number)
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = numbers(flat[1], 6)
    expect(numbers(mean[1], 2)).toEqual([(a + c + e) / 3, (b + d + f) / 3].map(Math.fround))
    expect(numbers(most[1], 2)).toEqual([Math.max(a, c, e), Math.max(b, d, f)])
    expect([flat, mean, most].map((lines) => lines[1]?.[5])).toEqual(['float16', 'float32', 'float32'])
  })

  it.each([
    ['float16', 'none', 'float16'],
    ['float16', 'max', 'float16'],
    ['float16', 'avg', 'float32'],
    ['mixed', 'none', 'float32'],
    ['float32', 'none', 'float32'],
  ] as const)('writes %s codes pooled by %s as a .npy of %s, unless told otherwise', async (stored, pool, dtype) => {
    const { data, cache } = await hostileDataSet(stored)
    const out = join(tempFolder(), 'npy')
    expect(await exportCodes({ data, cache, format: 'npy', pool, out })).toMatchObject({ dtype })
    expect(readFileSync(join(out, 'codes.npy'), 'latin1')).toContain(dtype === 'float16' ? '<f2' : '<f4')
    expect(await exportCodes({ data, cache, format: 'npy', pool, out, dtype: 'float32', force: true })).toMatchObject({ dtype: 'float32' })
    expect(JSON.parse(readFileSync(join(out, 'codes.json'), 'utf8'))).toMatchObject({ pool, dtype: 'float32', rows: 7 })
  })

  it('writes into the cache, named by data, model and pool, or into a folder that is named', async () => {
    const { data, cache } = await twoClasses()
    const name = `${data.split('/').at(-1)}-net.onnx`
    const files = async (options: ExportCodesOptions) => (await exportCodes({ data, cache, ...options })).files
    expect(await files({})).toEqual([join(cache, 'exports', `${name}-flat.parquet`)])
    expect(await files({ format: 'csv', pool: 'max' })).toEqual(['', '.json'].map((end) => join(cache, 'exports', `${name}-max.csv${end}`)))
    const npy = ['codes.npy', 'rows.csv', 'codes.json']
    expect(await files({ format: 'npy' })).toEqual(npy.map((file) => join(cache, 'exports', `${name}-flat`, file)))
    const folder = tempFolder()
    expect(await files({ out: folder })).toEqual([join(folder, `${name}-flat.parquet`)])
    expect(await files({ out: `${join(folder, 'new')}/` })).toEqual([join(folder, 'new', `${name}-flat.parquet`)])
    expect(await files({ out: join(folder, 'x.parquet') })).toEqual([join(folder, 'x.parquet')])
    expect(await files({ out: folder, format: 'npy' })).toEqual(npy.map((file) => join(folder, file)))
  })

  it.each(exchangeFormats)('never replaces a file without --force: %s', async (format) => {
    const { data, cache } = await twoClasses()
    const folder = tempFolder()
    const out = format === 'npy' ? folder : join(folder, 'codes')
    const { files } = await exportCodes({ data, cache, format, out })
    for (const path of files) {
      for (const other of files) rmSync(other, { force: true })
      writeFileSync(path, 'mine')
      const { message } = await userErrorOf(() => exportCodes({ data, cache, format, out }))
      expect(message).toBe(`Expected nothing at ${path}, found a file. Replace it with --force, or choose another place with --out.`)
      expect([readFileSync(path, 'utf8'), readdirSync(folder).length]).toEqual(['mine', 1])
    }
    await exportCodes({ data, cache, format, out, force: true })
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual([...files].sort())
  })

  it.each(exchangeFormats)('leaves nothing where a code cannot be read, or it is told to end: %s', async (format) => {
    const { data, cache } = await codedDataSet({ counts: { a: 3 }, shape: [1024, format === 'csv' ? 200 : 1500] }) // a block each
    const folder = tempFolder()
    const out = format === 'npy' ? folder : join(folder, 'codes')
    const interrupt = new AbortController()
    const onProgress = () => interrupt.abort()
    await expect(exportCodes({ data, cache, format, out, signal: interrupt.signal, onProgress })).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(readdirSync(folder)).toEqual([])
    const [shard = ''] = shardPaths(cachePaths(cache).codes)
    const bytes = readFileSync(shard)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 5000) ^ 1, bytes.length - 5000) // in the last code
    writeFileSync(shard, bytes)
    expect((await userErrorOf(() => exportCodes({ data, cache, format, out }))).message).toContain('the checksum of row 2 does not match')
    expect(readdirSync(folder)).toEqual([])
  })

  it.skipIf(process.getuid?.() === 0)('says so where it cannot write', async () => {
    const { data, cache } = await twoClasses()
    const folder = tempFolder()
    chmodSync(folder, 0o500)
    const out = join(folder, 'codes.parquet')
    expect((await userErrorOf(() => exportCodes({ data, cache, out }))).message).toContain(
      `Expected to write the export to ${out}, but that failed: EACCES`,
    )
  })

  it('says so where a file is in the way of the folder', async () => {
    const { data, cache } = await twoClasses()
    const folder = tempFolder()
    writeFileSync(join(folder, 'file'), '')
    const out = join(folder, 'file', 'codes.parquet')
    expect((await userErrorOf(() => exportCodes({ data, cache, out }))).message).toMatch(
      /^Expected to write the export to .*codes\.parquet, but that failed: .*\. See to room and permissions there, or choose another place with --out\. Nothing was left there\.$/,
    )
  })

  it('gives with --all a row for each code, also of images without a file', async () => {
    const { data, cache, fingerprint } = await hostileDataSet('float16')
    const catalog = openCatalog(cache)
    const writer = new ShardWriter(catalog, identity)
    await writer.add({ images: [hashOf('gone')], shape: hostileShape, dtype: 'float32', codes: Float32Array.of(1, 2, 3, 4, 5, 6) })
    await writer.close()
    catalog.close()
    const out = join(tempFolder(), 'all')
    const { files, model } = await exportCodes({ data, cache, all: true, format: 'npy', out })
    expect(model).toBe('net.onnx')
    const rows = readFileSync(files[1] ?? '', 'utf8')
    expect(rows.match(/,float(16|32),/g)?.length).toBe(hostilePaths.length + 1)
    expect(rows).toMatch(new RegExp(`\n,,,${hashOf('gone')},0,float32,`))
    expect(rows).toMatch(new RegExp(`\na/=1\\+1.png,a,,${hashOf('a/=1+1.png')},0,float16,`))
    const known = await exportCodes({ data: tempFolder(), cache, all: true })
    expect(known).toMatchObject({
      model: null,
      rows: 7,
      files: [join(cache, 'exports', `${fingerprint.digest.slice(0, 12)}-all-flat.parquet`)],
    })
    expect(await importCodes(known.files[0] ?? '', { cache: tempFolder() })).toEqual({ shards: 2, rows: 7, known: 0 })
  })

  it('asks with --all which kind of codes is meant', async () => {
    const { data, cache, fingerprint } = await hostileDataSet('float16')
    const catalog = openCatalog(cache)
    const other = catalog.codes.add({ ...identity, layer: 'x' }, [1])
    catalog.close()
    const [one, two] = [
      `${fingerprint.digest.slice(0, 12)} (layer y, size 8, float32)`,
      `${other.digest.slice(0, 12)} (layer x, size 8, float32)`,
    ]
    const ask = async (options: ExportCodesOptions) => (await userErrorOf(() => exportCodes({ cache, all: true, ...options }))).message
    expect(await ask({ data: tempFolder() })).toBe(
      `Expected one kind of codes in ${cache}, found 2. Choose with --fingerprint from ${one}; ${two}.`,
    )
    expect(await ask({ fingerprint: '0000' })).toBe(
      `Expected one kind of codes in ${cache}, found 0 that begin with "0000". Choose with --fingerprint from ${one}; ${two}.`,
    )
    expect(await ask({ fingerprint: other.digest.slice(0, 8) })).toBe(
      `Expected codes in ${cache}, found none of fingerprint ${other.digest}.`,
    )
    expect(await exportCodes({ data, cache, all: true })).toMatchObject({ rows: hostilePaths.length, model: 'net.onnx' })
    const chosen = await exportCodes({ data: tempFolder(), cache, all: true, fingerprint: fingerprint.digest.slice(0, 4) })
    expect(chosen).toMatchObject({ rows: hostilePaths.length, model: null })
    expect(existsSync(chosen.files[0] ?? '')).toBe(true)
    expect(await ask({ data, layer: 'z' })).toBe(
      `Expected codes for the images of ${data}, found none in ${cache} but those of net.onnx, layer y, size 8, float32, squish. Make them with: npm run codes -- --data ${data} --cache ${cache} --layer z`,
    )
  })
})
