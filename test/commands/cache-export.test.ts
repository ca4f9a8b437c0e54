import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { imageFolder } from '../helpers/image-folder.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())

/** A folder of images and a cache with their codes. */
async function coded() {
  const [data, cache] = [await imageFolder({ a: 5, b: 5 }), tempFolder()]
  const { fingerprint } = await extractCodes({ data, cache, model, workers: 1 })
  return { data, cache, fingerprint }
}

const json = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout)

describe('cache export and cache import', () => {
  it.each([
    'parquet',
    'npy',
    'csv',
  ])('hand codes to another cache, where codes computes nothing and train-head finds the same: %s', async (format) => {
    const { data, cache, fingerprint } = await coded()
    const [other, out] = [tempFolder(), join(tempFolder(), format === 'npy' ? 'npy' : `codes.${format}`)]
    const exported = await spawnCli(['cache', 'export', '--data', data, '--cache', cache, '--format', format, '--out', out, '--json'])
    expect([exported.code, exported.stderr]).toEqual([0, ''])
    const { seconds, bytes, files, ...facts } = json(exported)
    const dtype = format === 'npy' ? 'float16' : 'float32'
    const pool = 'none'
    expect(facts).toEqual({ format, rows: 10, codeLength: 144, codeShape: [6, 6, 4], pool, dtype, fingerprint, model })
    expect([seconds > 0, bytes > 2880, files.every(existsSync)]).toEqual([true, true, true])
    const imported = await spawnCli(['cache', 'import', out, '--cache', other, '--json'])
    expect(json(imported)).toEqual({ shards: 1, rows: 10, known: 0 })
    expect(storedCodes(other, fingerprint)).toEqual(storedCodes(cache, fingerprint))
    expect(await extractCodes({ data, cache: other, model, workers: 1 })).toMatchObject({ computed: 0, cached: 10, fingerprint })
    const trained = await Promise.all([cache, other].map((folder) => spawnCli(['train-head', '--data', data, '--cache', folder, '--json'])))
    const [first, second] = trained.map((run) => ({ ...json(run), seconds: 0, bundle: '', plots: [] }))
    expect(first.accuracy.test).toEqual(expect.any(Number))
    expect(second).toEqual(first)
  })

  it('tell people what was written and taken', async () => {
    const { data, cache } = await coded()
    const exported = await spawnCli(['cache', 'export', '--data', data, '--cache', cache, '--pool', 'avg', '--quiet'])
    const file = join(cache, 'exports', `${basename(data)}-net.onnx-avg.parquet`)
    expect(exported.stdout).toMatch(/^10 avg codes of .*net\.onnx, each of 4 numbers, float32\nWritten, [\d.]+ kB: .*\n$/)
    expect([exported.stdout.includes(file), readdirSync(join(cache, 'exports'))]).toEqual([true, [basename(file)]])
    const flat = join(tempFolder(), 'codes.csv')
    const text = await spawnCli(['cache', 'export', '--data', data, '--cache', cache, '--format', 'csv', '--out', flat, '--quiet'])
    expect(text.stdout).toMatch(/^10 flat codes of .*net\.onnx, each of 6 × 6 × 4 = 144 numbers\nWritten, /)
    const imported = await spawnCli(['cache', 'import', flat, '--cache', tempFolder(), '--quiet'])
    expect(imported).toEqual({ code: 0, stdout: '10 codes imported in 1 shard; 0 rows were known.\n', stderr: '' })
    const again = await spawnCli(['cache', 'import', flat, '--cache', cache, '--quiet'])
    expect(again.stdout).toBe('0 codes imported in 0 shards; 10 rows were known.\n')
  })

  it('refuse what they cannot do', async () => {
    const { data, cache } = await coded()
    const out = join(tempFolder(), 'codes.parquet')
    writeFileSync(out, 'mine')
    const taken = await spawnCli(['cache', 'export', '--data', data, '--cache', cache, '--out', out])
    expect([taken.code, taken.stdout]).toEqual([1, ''])
    expect(taken.stderr).toContain(`cnn-codes: Expected nothing at ${out}, found a file.`)
    expect(readFileSync(out, 'utf8')).toBe('mine')
    const forced = await spawnCli(['cache', 'export', '--data', data, '--cache', cache, '--out', out, '--force', '--quiet'])
    expect(forced.code).toBe(0)
    const folder = await spawnCli(['cache', 'import', data, '--cache', cache])
    expect(folder.stderr).toBe(
      `cnn-codes: Expected a .parquet or .csv file or the folder of a .npy export, or another cache folder, with codes-v1 in it, at ${data}, found something else. Check the path, or make an export with: npm run cache -- export\n`,
    )
    const usage = await spawnCli(['cache', 'export', '--format', 'csv', '--dtype', 'float16'])
    expect([usage.code, usage.stderr]).toEqual([
      2,
      'cnn-codes: Expected --dtype to be left out of any format but npy, got "float16". Parquet and CSV hold float32.\n',
    ])
  })
})
