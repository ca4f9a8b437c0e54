import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { imageFolder, put } from '../helpers/image-folder.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, graphOf, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const data = await imageFolder({ a: 3, b: 2 })
const spare = tempFolder()
const [empty, flat, text] = [join(spare, 'empty'), join(spare, 'flat'), join(spare, 'text.onnx')]
mkdirSync(empty)
put(flat, 'notes.txt', 'x')
writeFileSync(text, 'this is no model')
const noClasses = (found: string, folder: string) =>
  `Expected a folder per class in ${folder}, found ${found}. Put the images of each class into a folder of its own: ${join(folder, 'cats', '1.jpg')}.`

describe('codes refuses', () => {
  it.each<[string, readonly string[], 1 | 2, string]>([
    [
      'a missing folder',
      ['--data', join(spare, 'gone')],
      1,
      `Expected a folder of images at ${join(spare, 'gone')}, found nothing at ${join(spare, 'gone')}. Give the folder that holds a folder per class with --data.`,
    ],
    [
      'a file as folder',
      ['--data', text],
      1,
      `Expected --data to be a folder, found a file at ${text}. Give the folder that holds a folder per class.`,
    ],
    ['an empty folder', ['--data', empty], 1, noClasses('an empty folder', empty)],
    ['a folder without classes', ['--data', flat], 1, noClasses('1 file and no folder', flat)],
    [
      'an unknown model',
      ['--model', 'vgg99'],
      2,
      'Expected --model to be one of efficientnet-lite0, inceptionv3, vgg16, vgg19, resnet50, resnet50v2, mobilenet, mobilenetv2, xception, densenet121, squeezenet, resnet18, resnet34, resnet50.torch, cnn7, or a path to an .onnx, .h5, .keras or model.json file, got "vgg99".',
    ],
    [
      'a model that is not ONNX',
      ['--model', text],
      1,
      `Expected an ONNX model, found that ${text} is none (its bytes are not a protobuf message of that kind). Give a file exported as .onnx.`,
    ],
    [
      'a model whose graph makes no sense',
      ['--model', modelFile(graphOf([{ name: '', op: 'Conv', domain: '', inputs: ['image', 'no'], outputs: ['y'], attributes: {} }], {}))],
      1,
      'Expected net.onnx to run up to layer "y" on 2 images of 8 × 8, but the engine refuses it: Invalid model. Node input \'no\' is not a graph input, initializer, or output of a previous node. Check --size and --layer, or export the model again.',
    ],
    [
      'a cache that cannot be written',
      ['--cache', join(text, 'below')],
      1,
      `Expected to write into ${join(text, 'below', 'codes-v1')}, but that is not possible: ENOTDIR: not a directory, mkdir '${join(text, 'below')}'. Choose another folder with --cache, or change its permissions.`,
    ],
    ['--batch 0', ['--batch', '0'], 2, 'Expected --batch to be a whole number above 0, got "0".'],
    ['--batch many', ['--batch', 'many'], 2, 'Expected --batch to be a whole number above 0, got "many".'],
    ['--batch twice', ['--batch', '1', '--batch', '2'], 2, 'Expected --batch to be given once, got "1 and 2".'],
    ['--pixel-limit 0', ['--pixel-limit', '0'], 2, 'Expected --pixel-limit to be a whole number above 0, got "0".'],
    ['--pixel-limit 1e9', ['--pixel-limit', '1e9'], 2, 'Expected --pixel-limit to be at most 700000000, got 1000000000.'],
    ['--workers 1.5', ['--workers', '1.5'], 2, 'Expected --workers to be a whole number above 0, got "1.5".'],
    ['--mean x', ['--mean', '1,x,3'], 2, 'Expected --mean to be numbers such as 127.5 or 123.7,116.3,103.5, got "x".'],
    ['--scale 0', ['--scale', '0'], 2, 'Expected --scale to be numbers other than 0 (pixels are divided by them), got "0".'],
    ['--size 9 where the file says 8', ['--size', '9'], 2, `Expected --size to be 8, which ${model} fixes, got 9. Leave the option out.`],
    [
      'an unknown rule',
      ['--resize', 'stretch'],
      2,
      'Expected --resize to be one of squish, keras-nearest, tf-bilinear, pad or crop:N, such as crop:256, got "stretch".',
    ],
    [
      'a crop smaller than the input',
      ['--resize', 'crop:7'],
      2,
      'Expected --resize to be crop:N with N of at least 8, the side of the network\'s input, got "crop:7".',
    ],
    ['an empty list', ['--classes', 'a,'], 2, 'Expected --classes to be a list such as a,b,c, got "a,".'],
    [
      'a list that is not there',
      ['--exclude', join(spare, 'gone')],
      2,
      `Expected --exclude to name a list file, but ${join(spare, 'gone')} cannot be read: ENOENT: no such file or directory, open '${join(spare, 'gone')}'.`,
    ],
    ['an unknown option', ['--colour'], 2, 'Unknown argument: colour. cnn-codes --help tells more.'],
    [
      'an unknown layer',
      ['--layer', 'fc'],
      2,
      'Expected --layer to be one of the 2 layers of the model, got "fc". The last ones are: conv, y.',
    ],
  ])('%s', async (_, args, code, message) => {
    const cache = join(tempFolder(), 'cache')
    const defaults = Object.entries({ '--data': data, '--cache': cache, '--model': model }).filter(([option]) => !args.includes(option))
    expect(await spawnCli(['codes', '--json', ...defaults.flat(), ...args])).toEqual({
      code,
      stdout: '',
      stderr: `cnn-codes: ${message}\n`,
    })
  })
})

describe('codes', () => {
  it('--json prints one object with the fields that scripts rely on', async () => {
    const { code, stdout, stderr } = await spawnCli(['codes', '--data', data, '--cache', tempFolder(), '--model', model, '--json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^\{.*\}\n$/)
    expect(JSON.parse(stdout)).toEqual({
      images: 5,
      computed: 5,
      cached: 0,
      quarantined: 0,
      quarantine: [],
      seconds: expect.any(Number),
      imagesPerSecond: expect.any(Number),
      codeLength: 144,
      codeShape: [6, 6, 4],
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      model,
      layer: 'y',
      size: 8,
      resize: 'squish',
      decoder: 'exact',
      engine: 'onnx',
      provider: 'cpu',
      precision: 'float32',
      dtype: 'float16',
      shares: { decode: expect.any(Number), forward: expect.any(Number), write: expect.any(Number) },
      bound: expect.stringMatching(/^(read|decode|forward|write)$/),
      threads: { decode: expect.any(Number), forward: expect.any(Number) },
      heldBatch: null,
      augment: null,
      views: [{ view: 0, computed: 5, cached: 0, quarantined: 0, fingerprint: expect.any(String) }],
      interrupted: false,
    })
  })

  it('repeats the choice of classes in what to do next', async () => {
    const cache = tempFolder()
    const { stdout } = await spawnCli([
      'codes',
      '--data',
      data,
      '--cache',
      cache,
      '--model',
      model,
      '--classes',
      'a,b',
      '--exclude-classes',
      'b',
    ])
    expect(stdout).toContain(`\nNext: npm run train-head -- --data ${data} --cache ${cache} --classes a,b --exclude-classes b\n`)
  })

  it('says what it did, and what to do next', async () => {
    const cache = tempFolder()
    const { code, stdout } = await spawnCli(['codes', '--data', data, '--cache', cache, '--model', model])
    expect(code).toBe(0)
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^5 images: 5 computed, 0 from the cache, 0 quarantined, in \d+\.\d s \(.*\)$/),
      `${model}, layer y: codes of 6 × 6 × 4 = 144 numbers, float16, onnx on cpu`,
      `Next: npm run train-head -- --data ${data} --cache ${cache}`,
      '',
    ])
    const again = await spawnCli(['codes', '--data', data, '--cache', cache, '--model', model])
    expect(again.stdout).toMatch(/^5 images: 0 computed, 5 from the cache, 0 quarantined, in \d+\.\d s\n/)
  })

  it('--weights random says that the codes mean nothing', async () => {
    const args = ['codes', '--data', data, '--cache', tempFolder(), '--model', 'squeezenet', '--weights', 'random', '--size', '48']
    const { code, stdout, stderr } = await spawnCli([...args, '--seed', '3'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^5 images: 5 computed, /),
      'squeezenet, layer fire9/concat: codes of 2 × 2 × 512 = 2,048 numbers, float16, onnx on cpu',
      'The weights are random: these codes mean nothing, nor does a head on them. They are for trying speed; fine-tune --from input trains such a network.',
      '',
    ])
    const computed = async (seed: string) => JSON.parse((await spawnCli([...args, '--seed', seed, '--json'])).stdout).computed
    expect(await computed('3')).toBe(0)
    expect(await computed('4')).toBe(5)
  })

  it('--strict exits with 3 when images are quarantined, and lists them without their control characters', async () => {
    const bad = await imageFolder({ a: 1 })
    put(bad, 'a/e\u001b[31mvil\n.jpg', 'text')
    const args = ['codes', '--data', bad, '--cache', tempFolder(), '--model', model]
    const { code, stdout, stderr } = await spawnCli([...args, '--strict'])
    expect(code).toBe(3)
    expect(stdout).toMatch(/^2 images: 1 computed, 0 from the cache, 1 quarantined, /)
    expect(stderr).toBe(
      '1 image quarantined; mend or remove them and run codes again:\n  a/e?[31mvil?.jpg: Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.\n',
    )
    expect((await spawnCli(args)).code).toBe(0)
    expect(await spawnCli([...args, '--strict', '--quiet'])).toMatchObject({ code: 3, stderr: '' })
  })

  it('--truncated accept and --pixel-limit say what is quarantined', async () => {
    const mixed = await imageFolder({ a: 1 })
    for (const name of ['bad-truncated.jpg', 'yin.jpg'])
      put(mixed, `a/${name}`, readFileSync(new URL(`../fixtures/images/${name}`, import.meta.url)))
    const args = ['codes', '--data', mixed, '--cache', tempFolder(), '--model', model]
    const quarantined = async (...more: readonly string[]) => {
      const { quarantine } = JSON.parse((await spawnCli([...args, '--json', ...more])).stdout)
      return quarantine.map(({ path }: { readonly path: string }) => path)
    }
    expect(await quarantined()).toEqual(['a/bad-truncated.jpg'])
    expect(await quarantined('--truncated', 'accept')).toEqual([])
    expect(await quarantined('--truncated', 'accept', '--decoder', 'fast')).toEqual([])
    expect(await quarantined('--pixel-limit', '100000', '--no-exif')).toEqual(['a/bad-truncated.jpg'])
    expect(await quarantined('--pixel-limit', '1000', '--alpha', 'drop')).toEqual(['a/bad-truncated.jpg', 'a/yin.jpg'])
  })

  it('--plan tells and writes nothing', async () => {
    const cache = join(tempFolder(), 'cache')
    const args = ['codes', '--data', data, '--cache', cache, '--model', model, '--plan']
    const { code, stdout, stderr } = await spawnCli(args)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^5 images: 0 in the cache, 5 to compute\.\nAbout \d+\.\d s at \d+ images\/s, 1\.4 kB of disk\. Nothing was written\.\n$/,
    )
    const json = await spawnCli([...args, '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ images: 5, hits: 0, misses: 5, diskBytes: 1440 })
    expect(existsSync(cache)).toBe(false)
  })

  it('ends quietly when nobody reads its output', async () => {
    const args = ['codes', '--data', data, '--cache', tempFolder(), '--model', model]
    expect(await spawnCli(args, (child) => child.stdout?.destroy())).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

describe('codes that gets Ctrl-C', () => {
  // Trailing bytes make JPEGs different that look the same; one thread needs several seconds for so many.
  const face = readFileSync(new URL('../fixtures/images/face.jpg', import.meta.url))
  const many = tempFolder()
  for (let i = 0; i < 800; i++) put(many, `a/${i}.jpg`, Buffer.concat([face, Buffer.from(`${i}`)]))

  it('exits with 130 and keeps what is finished', async () => {
    const args = ['codes', '--data', many, '--cache', tempFolder(), '--json', '--workers', '1', '--batch', '2']
    const { code, stdout, stderr } = await spawnCli(args, (child) => setTimeout(() => child.kill('SIGINT'), 3000))
    expect([code, stderr]).toEqual([130, '\nStopping; finished work is kept. Press Ctrl-C again to stop at once.\n'])
    const result: { computed: number; interrupted: boolean } = JSON.parse(stdout)
    expect(result.interrupted).toBe(true)
    expect(result.computed).toBeGreaterThan(0)
    expect(result.computed).toBeLessThan(800)
    const plan = await spawnCli([...args, '--plan'])
    expect(JSON.parse(plan.stdout)).toMatchObject({ images: 800, hits: result.computed })
  })
})
