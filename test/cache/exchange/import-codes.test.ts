import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { OutputFile } from '../../../src/base/output-file.js'
import { type ExchangeMetadata, metadataTexts } from '../../../src/cache/exchange/exchange-metadata.js'
import { type CodeBlock, type ExchangeFormat, type ExchangeRow, exchangeChecksum } from '../../../src/cache/exchange/exchange-row.js'
import { importCodes } from '../../../src/cache/exchange/import-codes.js'
import { parquetLibrary } from '../../../src/cache/exchange/parquet-library.js'
import { writeParquet } from '../../../src/cache/exchange/write-parquet.js'
import { fingerprintOf } from '../../../src/cache/fingerprint.js'
import { exportCodes } from '../../../src/evaluate/export-codes.js'
import { hashOf, identity } from '../../helpers/code-identity.js'
import { codedDataSet } from '../../helpers/coded-data-set.js'
import { hostileDataSet, hostilePaths } from '../../helpers/hostile-data-set.js'
import { storedCodes } from '../../helpers/stored-codes.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { userErrorOf } from '../../helpers/thrown.js'

type Edit = (source: string) => void
const again = 'Export it again with: npm run cache -- export'
const isChanged = 'does not match: something was changed or rounded after the export'

/** An export that was edited, and what its import says, without the beginning and the end that all messages share. */
async function refusalOf(format: ExchangeFormat, edit: Edit): Promise<string> {
  const { data, cache } = await hostileDataSet('float32')
  const source = join(tempFolder(), format === 'npy' ? 'codes' : `codes.${format}`)
  await exportCodes({ data, cache, format, out: source })
  edit(source)
  const into = tempFolder()
  const { message, exitCode } = await userErrorOf(() => importCodes(source, { cache: into }))
  expect(exitCode).toBe(1)
  const [start, end] = [`Expected an export of codes at ${source}, found that `, `. ${again}`]
  expect([message.slice(0, start.length), message.slice(-end.length)]).toEqual([start, end])
  return message.slice(start.length, -end.length)
}

/** Replaces text in a file, which must be there. */
function replace(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(path, 'latin1')
  expect(text).toMatch(from)
  writeFileSync(path, text.replace(from, to), 'latin1')
}

const edited =
  (name: string, from: string | RegExp, to: string): Edit =>
  (source) =>
    replace(join(source, name), from, to)
const inCsv =
  (from: string | RegExp, to: string): Edit =>
  (source) =>
    replace(source, from, to)
const inSidecar =
  (from: string | RegExp, to: string): Edit =>
  (source) =>
    replace(`${source}.json`, from, to)
const second = hashOf(hostilePaths[2] ?? '')
/** The numbers of the second code, by which its line ends. */
const numbers = /,[^,\n]+,[^,\n]+\n(?=a\/line|"a\/line)/

const plain: ExchangeMetadata = { fingerprint: identity, shape: [2], pool: 'none', made: undefined }

async function parquetOf(path: string, metadata: ExchangeMetadata, blocks: readonly CodeBlock[]): Promise<void> {
  const out = await OutputFile.open(path)
  await writeParquet(out, metadata, blocks)
  await out.finish()
  await out.publish({ replace: false })
}

describe('importCodes', () => {
  it.each<[string, ExchangeFormat, Edit, string]>([
    ['no metadata', 'csv', (source) => rmSync(`${source}.json`), 'its metadata are missing: codes.csv.json, which was written beside it'],
    [
      'no JSON as metadata',
      'csv',
      (source) => writeFileSync(`${source}.json`, '{'),
      'its metadata do not say which codes these are (fingerprint)',
    ],
    [
      'a fingerprint without a layer',
      'csv',
      inSidecar('"layer"', '"player"'),
      'its metadata do not say which codes these are (fingerprint)',
    ],
    ['a shape of text', 'csv', inSidecar(/"shape": \[\s+3/, '"shape": ["3"'), "its metadata do not say the codes' shape"],
    ['no shape', 'npy', edited('codes.json', '"shape"', '"form"'), "its metadata do not say the codes' shape"],
    ['an unknown pool', 'npy', edited('codes.json', '"none"', '"some"'), 'its metadata do not say whether the codes are pooled (pool)'],
    ['another fingerprint', 'csv', inSidecar('"size": 8', '"size": 9'), `the checksum of row 1 ${isChanged}`],
    ['another shape', 'csv', inSidecar(/3,\s+1,/, '1,3,'), `the checksum of row 1 ${isChanged}`],
    ['a longer shape', 'csv', inSidecar(/3,\s+1,/, '3,2,'), 'column 14 is undefined, not "c6"'],
    ['a shorter shape', 'csv', inSidecar(/3,\s+1,/, '1,1,'), 'it has 13 columns, not 9'],
    ['fewer rows than it says', 'csv', inSidecar('"rows": 7', '"rows": 8'), 'it has 7 rows, not 8 as its metadata say'],
    ['no rows and no header', 'csv', (source) => writeFileSync(source, ''), 'it is empty'],
    ['another column', 'csv', inCsv('image,view', 'sha256,view'), 'column 4 is "sha256", not "image"'],
    ['a row with a cell too many', 'csv', inCsv(/\n"=cmd/, ',9\n"=cmd'), 'row 3 has 14 cells, not 13'],
    [
      'an open quote',
      'csv',
      (source) => truncateSync(source, readFileSync(source).indexOf('line\n')),
      'it is no CSV: Quote Not Closed: the parsing is finished with an opening quote at line 6',
    ],
    ['an image that is no digest', 'csv', inCsv(second, 'cat'), 'in row 4 image is "cat", not a sha256 in hex'],
    ['another image', 'csv', inCsv(second, hashOf('other')), `the checksum of row 4 ${isChanged}`],
    ['another view', 'csv', inCsv(`${second},0`, `${second},1`), 'in row 4 view is 1, not 0, the plain image'],
    ['no view', 'csv', inCsv(`${second},0`, `${second},`), 'in row 4 view is undefined, not 0, the plain image'],
    ['another dtype', 'csv', inCsv(`${second},0,float32`, `${second},0,float64`), 'in row 4 dtype is "float64", not float16 or float32'],
    ['a dtype that is not its own', 'csv', inCsv(`${second},0,float32`, `${second},0,float16`), `the checksum of row 4 ${isChanged}`],
    ['a checksum that is none', 'csv', inCsv(new RegExp(`${second},0,float32,`), `${second},0,float32,-`), 'in row 4 crc is'],
    ['NaN', 'csv', inCsv(numbers, ',1,NaN\n'), 'in row 4 number 6 of the code is NaN'],
    ['an empty number', 'csv', inCsv(numbers, ',,1\n'), 'in row 4 number 5 of the code is NaN'],
    ['infinity', 'csv', inCsv(numbers, ',1e39,1\n'), 'in row 4 number 5 of the code is Infinity'],
    ['another number', 'csv', inCsv(numbers, ',1,1\n'), `the checksum of row 4 ${isChanged}`],
    ['no .npy', 'npy', (source) => writeFileSync(join(source, 'codes.npy'), 'text'), 'it is no .npy file'],
    ['other numbers in it', 'npy', edited('codes.npy', '<f4', '<i4'), 'its numbers are <i4; <f2 and <f4 can be read'],
    [
      'big-endian Fortran order',
      'npy',
      edited('codes.npy', /<f4', 'fortran_order': False/, ">f4', 'fortran_order': True "),
      'its numbers are >f4, not in C order; <f2 and <f4 can be read',
    ],
    [
      'half of a .npy',
      'npy',
      (source) => truncateSync(join(source, 'codes.npy'), 200),
      'codes.npy has 200 bytes, not 296 as its header says',
    ],
    ['another shape of .npy', 'npy', edited('codes.json', /3,\s+1,/, '1,3,'), 'codes.npy has the shape [7, 3, 1, 2], not [rows, 1, 3, 2]'],
    ['a row too few', 'npy', edited('rows.csv', /b\/it.*\n/, ''), 'rows.csv has 6 rows, codes.npy 7'],
    ['a row too many', 'npy', edited('rows.csv', /(b\/it.*\n)/, '$1$1'), 'rows.csv has more rows than codes.npy, which has 7'],
    ['rows in another order', 'npy', edited('rows.csv', /(b\/copy.*\n)([\s\S]*\n)$/, '$2$1'), `the checksum of row 2 ${isChanged}`],
    ['no rows.csv', 'npy', (source) => rmSync(join(source, 'rows.csv')), 'it cannot be read: ENOENT'],
    ['no Parquet', 'parquet', (source) => writeFileSync(source, 'text'), 'it cannot be read as Parquet: '],
    ['half of a Parquet file', 'parquet', (source) => truncateSync(source, 900), 'it cannot be read as Parquet: '],
  ])('refuses %s (%s)', async (_, format, edit, found) => {
    expect(await refusalOf(format, edit)).toContain(found)
  })

  const rowOf = (row: Partial<ExchangeRow>): ExchangeRow => {
    const given = { path: null, label: null, part: null, image: hashOf('a'), view: 0, dtype: 'float32' as const, crc: 0, ...row }
    return { ...given, crc: row.crc ?? exchangeChecksum(plain)(given, Float32Array.of(1, 2)) }
  }

  it.each<[string, ExchangeMetadata, readonly ExchangeRow[], readonly number[], string]>([
    ['NaN', plain, [rowOf({})], [1, Number.NaN], 'in row 1 number 2 of the code is NaN'],
    ['another length', plain, [rowOf({})], [1, 2, 3], 'the code of row 1 has 3 numbers, not 2'],
    [
      'a checksum that is not its own',
      plain,
      [rowOf({}), rowOf({ image: hashOf('b'), crc: 7 })],
      [1, 2, 1, 2],
      `the checksum of row 2 ${isChanged}`,
    ],
    ['numbers that were rounded', plain, [rowOf({})], [1, 2.001], `the checksum of row 1 ${isChanged}`],
    ['an image that is no digest', plain, [rowOf({ image: 'ab', crc: 1 })], [1, 2], 'in row 1 image is "ab", not a sha256 in hex'],
    ['a digest in capitals', plain, [rowOf({ image: hashOf('a').toUpperCase(), crc: 1 })], [1, 2], 'not a sha256 in hex'],
    ['another view', plain, [rowOf({ view: 2, crc: 1 })], [1, 2], 'in row 1 view is 2, not 0, the plain image'],
    [
      'two codes of one image',
      plain,
      [rowOf({}), rowOf({ crc: exchangeChecksum(plain)(rowOf({}), Float32Array.of(1, 3)) })],
      [1, 2, 1, 3],
      `it gives image ${hashOf('a')} two different codes`,
    ],
  ])('refuses %s in a Parquet file', async (_, metadata, rows, codes, found) => {
    const [source, cache] = [join(tempFolder(), 'codes.parquet'), tempFolder()]
    await parquetOf(source, metadata, [{ rows, codes: Float32Array.from(codes) }])
    const { message } = await userErrorOf(() => importCodes(source, { cache }))
    expect(message).toContain(`${source}, found that `)
    expect(message).toContain(found)
    expect(storedCodes(cache, fingerprintOf(identity)).size).toBe(0)
  })

  it('refuses tables of another form', async () => {
    const source = join(tempFolder(), 'table.parquet')
    const { Table, writeParquet: write } = parquetLibrary()
    const ipc = tableToIPC(tableFromArrays({ code: Float32Array.of(1) }), 'stream')
    const { WriterPropertiesBuilder } = parquetLibrary()
    writeFileSync(source, write(Table.fromIPCStream(ipc)))
    expect((await userErrorOf(() => importCodes(source))).message).toBe(
      `Expected an export of codes at ${source}, found that its metadata do not say which codes these are (fingerprint). ${again}`,
    )
    const properties = new WriterPropertiesBuilder().setKeyValueMetadata(metadataTexts(plain)).build()
    writeFileSync(source, write(Table.fromIPCStream(ipc), properties))
    expect((await userErrorOf(() => importCodes(source))).message).toBe(
      `Expected an export of codes at ${source}, found that its column path is missing, not Utf8. ${again}`,
    )
  })

  it('refuses pooled codes, other files, and none', async () => {
    const { data, cache } = await hostileDataSet('float16')
    const folder = tempFolder()
    const pooled = join(folder, 'codes.csv')
    await exportCodes({ data, cache, format: 'csv', pool: 'avg', out: pooled })
    expect((await userErrorOf(() => importCodes(pooled, { cache }))).message).toBe(
      `Expected codes as the network gave them, found codes pooled by avg in ${pooled}: what pooling took away cannot come back. Export them again without --pool.`,
    )
    const missing = join(folder, 'gone.parquet')
    expect((await userErrorOf(() => importCodes(missing, { cache }))).message).toBe(
      `Expected an export of codes at ${missing}, found nothing there. See to the path.`,
    )
    const text = join(folder, 'codes.csv.json')
    expect((await userErrorOf(() => importCodes(text, { cache }))).message).toBe(
      `Expected an export of codes at ${text}, found that it is none of .parquet, .csv and codes.npy. ${again}`,
    )
    expect((await userErrorOf(() => importCodes(folder, { cache }))).message).toContain('its metadata are missing: codes.json')
  })

  it('refuses numbers that were rounded for numpy, and codes of another shape than the cache has', async () => {
    const { data, cache } = await hostileDataSet('mixed')
    const out = join(tempFolder(), 'npy')
    const message = async () => (await userErrorOf(() => importCodes(out, { cache }))).message
    const { message: tooLarge } = await userErrorOf(() => exportCodes({ data, cache, format: 'npy', dtype: 'float16', out }))
    expect(tooLarge).toBe(
      `Expected codes that float16 holds for ${join(out, 'codes.npy')}, found numbers beyond 65,504. Use --dtype float32. Nothing was left there.`,
    )
    const wide = await codedDataSet({ counts: { a: 2 }, shape: [3] })
    await exportCodes({ data: wide.data, cache: wide.cache, format: 'npy', dtype: 'float16', out })
    expect(await message()).toBe(
      `Expected an export of codes at ${out}, found that its codes are [3] where the cache has [3, 1, 2]. ${again}`,
    )
    const { message: rounded } = await userErrorOf(() => importCodes(out, { cache: tempFolder() }))
    expect(rounded).toBe(`Expected an export of codes at ${out}, found that the checksum of row 1 ${isChanged}. ${again}`)
  })

  it('keeps the rows before a bad one, and goes on from there when it is mended', async () => {
    const { data, cache, fingerprint } = await codedDataSet({ counts: { a: 3 }, shape: [1024, 200] }) // a block each
    const [source, into] = [join(tempFolder(), 'codes.csv'), tempFolder()]
    await exportCodes({ data, cache, format: 'csv', out: source })
    const whole = readFileSync(source)
    writeFileSync(source, whole.subarray(0, whole.lastIndexOf(',') + 1)) // the last number is gone
    await userErrorOf(() => importCodes(source, { cache: into }))
    expect(storedCodes(into, fingerprint.digest).size).toBe(2)
    writeFileSync(source, whole)
    expect(await importCodes(source, { cache: into })).toEqual({ shards: 1, rows: 1, known: 2 })
    expect(storedCodes(into, fingerprint.digest)).toEqual(storedCodes(cache, fingerprint.digest))
  })

  it('ends when it is told to, with what it has', async () => {
    const { data, cache, fingerprint } = await codedDataSet({ counts: { a: 3 }, shape: [1024, 200] })
    const [source, into, interrupt] = [join(tempFolder(), 'codes.csv'), tempFolder(), new AbortController()]
    await exportCodes({ data, cache, format: 'csv', out: source })
    const onProgress = () => interrupt.abort()
    await expect(importCodes(source, { cache: into, signal: interrupt.signal, onProgress })).rejects.toMatchObject({ name: 'AbortError' })
    expect(storedCodes(into, fingerprint.digest).size).toBe(1)
  })
})
