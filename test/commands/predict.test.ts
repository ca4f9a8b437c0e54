import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const [cache, out] = [tempFolder(), tempFolder()]
const [image, text] = [join(out, 'new, =1.png'), join(out, 'text.jpg')]
const cli = fileURLToPath(new URL('../../dist/start.cjs', import.meta.url))
let data = ''

beforeAll(async () => {
  data = await imageFolder({ ant: 8, 'bee,=2': 8 })
  await extractSeveral({ data, cache, models: [modelFile(convolution())], workers: 1 })
  await trainHead({ data, cache, pool: 'avg', name: 'insects' })
  writeFileSync(image, await noisePng(50))
  put(out, 'text.jpg', 'text')
}, 60_000)

const predict = (...words: readonly string[]) => runCli('predict', ...words, '--cache', cache)

describe('predict', () => {
  it.each([
    [['insects', image, '--top', '0'], 'cnn-codes: Expected --top to be a whole number above 0, got "0".\n'],
    [['insects', image, '--abstain', 'much'], 'cnn-codes: Expected --abstain to be a probability from 0 to 1, got "much".\n'],
    [['insects', image, '--csv', '--json'], 'cnn-codes: Expected --json and --csv to be one of them, got "both".\n'],
    [['insects'], 'cnn-codes: Not enough non-option arguments: got 1, need at least 2. cnn-codes --help tells more.\n'],
  ])('refuses %j', (words, message) => {
    const { status, stdout, stderr } = predict(...words)
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: message })
  })

  it('prints a line for each image, and tells which files are none', () => {
    const { status, stdout, stderr } = predict('insects', image, text, data, '--strict')
    expect(status).toBe(3)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(17)
    expect(lines[0]).toMatch(/new, =1\.png: (ant|bee,=2) \d+\.\d %, (ant|bee,=2) \d+\.\d %$/)
    const notes = stderr.trimEnd().split('\n')
    expect(notes).toEqual([
      `${text}: Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.`,
      expect.stringMatching(/^18 images: 1 computed, 16 from the cache, 1 not usable, in [\d.]+ s \(\d+ images\/s\)$/),
    ])
  })

  it('prints JSON alone, and CSV that no spreadsheet runs', () => {
    const json = predict('insects', image, text, '--json', '--quiet', '--abstain', '1')
    expect([json.status, json.stderr]).toEqual([0, ''])
    const { predictions, quarantined } = JSON.parse(json.stdout)
    expect(predictions).toEqual([
      { path: image, label: null, probability: predictions[0].top[0].probability, top: [expect.anything(), expect.anything()] },
    ])
    expect(quarantined).toEqual([{ path: text, reason: 'Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.' }])
    const csv = predict('insects', image, '--csv', '--quiet', '--top', '1')
    const [header, row] = csv.stdout.trimEnd().split('\n')
    expect(header).toBe('path,label,probability,label_1,probability_1')
    expect(row).toMatch(/^"[^"]*new, =1\.png",(ant|"bee,=2"),0\.\d+,(ant|"bee,=2"),0\.\d+$/)
  })

  it.each(['\n', '\0'])('reads paths from standard input that %j parts', (part) => {
    const paths = [image, join(data, 'ant/1.png')]
    const words = [cli, 'predict', 'insects', '-', '--cache', cache, '--json']
    const { status, stdout } = spawnSync(process.execPath, words, { input: paths.join(part) + part, encoding: 'utf8' })
    expect(status).toBe(0)
    expect(JSON.parse(stdout).predictions.map(({ path }: { path: string }) => path)).toEqual(paths)
  })

  it('names the file of a bundle that was changed', () => {
    const head = JSON.parse(readFileSync(join(cache, 'heads/insects/head.json'), 'utf8'))
    const weights = join(cache, 'heads/insects', head.weights.file)
    const kept = readFileSync(weights)
    writeFileSync(weights, Buffer.concat([kept, Buffer.from('x')]))
    const { status, stderr } = predict('insects', image)
    writeFileSync(weights, kept)
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^cnn-codes: Expected a whole bundle in .*insects, found weights-.*safetensors of \d+ bytes whose sha256 is not/,
      ),
    ])
  })
})
