import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { imageFolder } from '../helpers/image-folder.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const net = modelFile(convolution())
const cache = tempFolder()
const models = (...args: readonly string[]) => spawnCli(['models', ...args])

describe('models refuses', () => {
  it.each<[string, readonly string[], 1 | 2, string]>([
    ['an unknown command', ['shwo'], 2, 'Unknown argument: shwo. cnn-codes --help tells more.'],
    ['show without a model', ['show'], 2, 'Not enough non-option arguments: got 0, need at least 1. cnn-codes --help tells more.'],
    ['two models', ['show', 'vgg16', 'vgg19'], 2, 'Unknown argument: vgg19. cnn-codes --help tells more.'],
    ['a small --size', ['show', 'vgg16', '--size', '8'], 2, 'Expected --size to be a whole number of at least 32 with vgg16, got 8.'],
    ['--layer twice', ['show', 'vgg16', '--layer', 'a', '--layer', 'b'], 2, 'Expected --layer to be given once, got "a and b".'],
    [
      'an unknown network to verify',
      ['verify', 'vgg99'],
      2,
      'Expected NAME to be one of inceptionv3, vgg16, vgg19, resnet50, resnet50v2, mobilenet, mobilenetv2, xception, densenet121, squeezenet, resnet18, resnet34, resnet50.torch, cnn7, efficientnet-lite0, got "vgg99".',
    ],
    [
      'to remove what is not there',
      ['remove', 'no', '--cache', cache],
      2,
      'Expected NAME to be a model that you added (there is none), got "no".',
    ],
    [
      'to add a file that is not there',
      ['add', 'mine', join(cache, 'no.onnx'), '--cache', cache],
      2,
      `Expected an .onnx, .h5, .keras or model.json file at ${join(cache, 'no.onnx')}, found no file there. Check the path.`,
    ],
  ])('%s', async (_, args, code, message) => {
    expect(await models(...args)).toEqual({ code, stdout: '', stderr: `cnn-codes: ${message}\n` })
  })
})

describe('models', () => {
  it('lists the networks', async () => {
    const { code, stdout, stderr } = await models('--cache', cache)
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^model +input +code +numbers +parameters +multiply-adds +weights$/)
    expect(lines[2]).toMatch(/^efficientnet-lite0 +224 +7 × 7 × 1280 +62,720 +3\.35 M +384 M +inside$/)
    expect(stdout).toMatch(/^squeezenet +227 +13 × 13 × 512 +86,528 +722 k +266 M +by --weights FILE$/m)
    expect(stdout).toMatch(/^vgg16 +224 +7 × 7 × 512 +25,088 +14\.7 M +15\.3 G +(not here, about 58\.9 MB to fetch|\S+\.h5)$/m)
    expect(stdout).toMatch(/^cnn7 +224 +14 × 14 × 256 +50,176 +582 k +2\.12 G +random, to be trained: fine-tune --from input$/m)
    const json = await models('list', '--cache', cache, '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ models: { length: 15 }, added: [], built: { graphs: 0, bytes: 0 } })
  })

  it('lists the others where the record of an added model is damaged, and names it', async () => {
    const place = tempFolder()
    const record = join(place, 'models/added/mine.json')
    mkdirSync(dirname(record), { recursive: true })
    writeFileSync(record, '{')
    const { code, stdout, stderr } = await models('--cache', place)
    expect([code, stderr]).toEqual([
      0,
      `Expected ${record} to describe the model mine, found that it is damaged. Delete it and add the model again.\n`,
    ])
    expect(stdout).toContain('efficientnet-lite0')
  })

  it('shows a network by name', async () => {
    const { code, stdout, stderr } = await models('show', 'resnet18', '--layer', 'layer1', '--size', '64')
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n')
    expect(lines[2]).toMatch(/^conv1 +conv2d +32 × 32 × 64 +9,408 +9,633,792$/)
    expect(lines.slice(-5)).toEqual([
      'resnet18: 64 × 64 × 3 → 16 × 16 × 64 = 16,384 numbers, at layer layer1',
      '158,144 parameters, 47.4 M multiply-adds an image, in 18 layers',
      'Input: (pixel − (123.675, 116.28, 103.53)) / (58.395, 57.12, 57.375) for red, green, blue; red is the first channel',
      expect.stringMatching(
        /^Weights: .*https:\/\/download\.pytorch\.org\/models\/resnet18-f37072fd\.pth \(sha256 begins with f37072fd, by torchvision 0\.29\.2\)$/,
      ),
      '',
    ])
  })

  it('shows the size of the whole weight file however the network is cut', async () => {
    const { stdout } = await models('show', 'vgg16', '--layer', 'block1_pool', '--cache', cache)
    expect(stdout).toMatch(/^Weights: (not on this machine, about 58\.9 MB to fetch|\S+\.h5, )/m)
  })

  it('shows a model file, without a word on weights', async () => {
    const { stdout } = await models('show', net, '--mean', '127.5', '--scale', '127.5')
    expect(stdout.split('\n').slice(-4)).toEqual([
      'net.onnx: 8 × 8 × 3 → 6 × 6 × 4 = 144 numbers, at layer y',
      '112 parameters, 3.89 k multiply-adds an image, in 2 layers',
      'Input: (pixel − 127.5) / 127.5; red is the first channel',
      '',
    ])
    expect(JSON.parse((await models('show', net, '--json')).stdout)).toMatchObject({
      codeLength: 144,
      layers: { length: 2 },
      weights: null,
    })
  })

  it('verifies a network on this machine', async () => {
    const { code, stdout, stderr } = await models('verify', 'mobilenetv2')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^pass {2}mobilenetv2 at 224 +cosine 1\.0000000, worst difference \d\.\de-\d standard deviations, \d\.\d s\nAll right: onnx [\d.]+ on cpu, .+\n$/,
    )
    const json = await models('verify', 'squeezenet', '--json', '--quiet')
    expect(json.stderr).toBe('')
    expect(JSON.parse(json.stdout)).toMatchObject({
      passed: true,
      provider: 'cpu',
      results: [{ name: 'squeezenet', size: 227, passed: true }],
    })
  })

  it('adds a model of yours, which codes then takes, and removes it', async () => {
    const added = await models('add', 'mine', net, '--mean', '127.5', '--cache', cache)
    expect(added).toEqual({
      code: 0,
      stdout: `Added mine, ${net}: codes of 6 × 6 × 4 = 144 numbers.\nNext: npm run codes -- --model mine --cache ${cache}\n`,
      stderr: '',
    })
    const { added: listed } = JSON.parse((await models('--cache', cache, '--json')).stdout)
    expect(listed).toMatchObject([{ name: 'mine', path: net, options: { mean: [127.5] }, facts: { codeShape: [6, 6, 4] } }])
    expect((await models('--cache', cache)).stdout).toMatch(/^mine +8 +6 × 6 × 4 +144 +112 +3\.89 k +\/.+net\.onnx$/m)
    const data = await imageFolder({ a: 2 })
    const codes = async (...args: readonly string[]) =>
      JSON.parse((await spawnCli(['codes', '--data', data, '--cache', cache, '--json', ...args])).stdout)
    const { fingerprint } = await codes('--model', 'mine')
    expect(await codes('--model', net, '--mean', '127.5')).toMatchObject({ fingerprint, computed: 0, cached: 2 })
    expect(await models('remove', 'mine', '--cache', cache)).toEqual({
      code: 0,
      stdout: `Removed mine; its file ${net} stays.\n`,
      stderr: '',
    })
    expect((await spawnCli(['codes', '--data', data, '--cache', cache, '--model', 'mine'])).code).toBe(2)
  })
})
