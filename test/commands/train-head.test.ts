import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { labelFile } from '../helpers/label-file.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'

const coded = (counts: Readonly<Record<string, number>> = { ant: 20, bee: 20 }) => codedDataSet({ counts, shape: [4, 4, 20], signal: 3 })

/** One sentence or two on standard error, nothing else: no stack, nothing on standard output. */
function expectRefusal(run: ReturnType<typeof runCli>, status: number, message: string): void {
  expect(run).toEqual({ status, stdout: '', stderr: `cnn-codes: ${message}\n` })
}

describe('train-head, refusals', () => {
  it('says which command makes missing codes', () => {
    const [data, cache] = [tempFolder(), tempFolder()]
    const fix = `npm run codes -- --data ${data} --cache ${cache}`
    expectRefusal(
      runCli('train-head', '--data', data, '--cache', cache),
      1,
      `Expected codes for the images of ${data}, found none in ${cache}. Make them with: ${fix}`,
    )
  })

  it.each([
    [['--name', '../x'], 2, 'Expected --name to be letters, digits, ".", "_" and "-", not beginning with "." or "-", got "../x".'],
    [['--split', '70'], 2, 'Expected --split to be a decimal from 0 to below 1, such as 0.7, got "70".'],
    [['--l2', '-1'], 2, 'Expected --l2 to be a number, 0 or more, got "-1".'],
    [['--seed', 'x'], 2, 'Expected --seed to be a whole number, 0 or more, got "x".'],
    [['--gram-limit', 'huge'], 2, 'Expected --gram-limit to be a size such as 2GB or 500MB, got "huge".'],
    [['--classes', 'ant'], 1, 'Expected at least two classes, found only "ant". Add images of another class.'],
    [['--memory', 'lots'], 2, 'Expected --memory to be a size such as 2GB or 500MB, got "lots".'],
    [
      ['--resize', 'stretch'],
      2,
      'Expected --resize to be one of squish, keras-nearest, tf-bilinear, pad or crop:N, such as crop:256, got "stretch".',
    ],
    [
      ['--head', 'concatpool,bn,softmax', '--pool', 'max'],
      2,
      'Expected --pool to be left out or "concat", with which the head "concatpool,bn,softmax" begins, got "max".',
    ],
    [
      ['--head', 'dense:8:relu,dropout:2,softmax'],
      2,
      'Expected a rate from 0 to below 1 behind "dropout:" at position 14 of --head "dense:8:relu,dropout:2,softmax", got "dropout:2". A head is a list such as "bn,dropout:0.5,dense:512:relu,softmax" or one of dense, keras-resnet, food, fastai.',
    ],
    [
      ['--solver', 'lbfgs', '--clip-norm', '1'],
      2,
      'Expected --clip-norm to be left out with --solver lbfgs, which has no mini-batches, got 1. Or choose --solver adam.',
    ],
    [['--batch', '0'], 2, 'Expected --batch to be a whole number above 0, got "0".'],
    [['--lr', '-1'], 2, 'Expected --lr to be a number, 0 or more, got "-1".'],
    [['--bogus'], 2, 'Unknown argument: bogus. cnn-codes --help tells more.'],
  ])('%j', async (args, status, message) => {
    const { data, cache } = await coded()
    expectRefusal(runCli('train-head', '--data', data, '--cache', cache, ...args), status, message)
  })

  it('names a class with fewer images than the split needs', async () => {
    const { data, cache } = await coded({ ant: 20, bee: 1 })
    const message =
      'Expected at least 3 different images in class "bee" (to train, choose and test), found 1 image. Add images, or leave it out with --exclude-classes "bee".'
    expectRefusal(runCli('train-head', '--data', data, '--cache', cache), 1, message)
  })
})

describe('train-head', () => {
  it('prints one JSON object with the fields that scripts rely on', async () => {
    const { data, cache } = await coded()
    const { status, stdout, stderr } = runCli('train-head', '--data', data, '--cache', cache, '--json', '--name', 'mine')
    expect(status).toBe(0)
    const result = JSON.parse(stdout)
    for (const field of [
      'classes',
      'train',
      'validation',
      'test',
      'codeLength',
      'head',
      'solver',
      'epochs',
      'seconds',
      'accuracy',
      'balancedAccuracy',
      'history',
      'bundle',
    ]) {
      expect(result).toHaveProperty(field)
    }
    expect(result.history[0]).toEqual(
      Object.fromEntries(['epoch', 'l2', 'loss', 'accuracy', 'valLoss', 'valAccuracy'].map((key) => [key, expect.any(Number)])),
    )
    expect(existsSync(result.bundle)).toBe(true)
    expect(stderr).toContain('Model: net.onnx, that of the last completed run for this data.')
  })

  it('prints accuracies and where the head is', async () => {
    const { data, cache } = await coded()
    const { stdout } = runCli('train-head', '--data', data, '--cache', cache, '--quiet')
    expect(stdout).toMatch(
      /^Test accuracy \d+\.\d %, balanced \d+\.\d % \(train \d+\.\d %, validation \d+\.\d %\)\n2 classes; 26 images to train, 2 to choose, 12 to test; seed 0\n/,
    )
    expect(stdout).toMatch(/\nsoftmax on flat codes of 320 numbers, L-BFGS in gram space, L2 [\d.e-]+, in \d\.\d s\n/)
    expect(stdout).toContain(`Saved: ${cache}/heads/${basename(data)}-net.onnx-flat-softmax`)
  })

  it('names the head, the optimizer and the epoch that was kept', async () => {
    const { data, cache } = await coded()
    const options = ['--head', 'bn,dense:8:relu,softmax', '--pool', 'avg', '--solver', 'adadelta', '--epochs', '2', '--schedule', 'cosine']
    const { status, stdout, stderr } = runCli('train-head', '--data', data, '--cache', cache, ...options)
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /\nbn,dense:8:relu,softmax on avg codes of 20 numbers, adadelta, 2 epochs, that of epoch [12] kept, in \d+\.\d s\n/,
    )
    expect(stdout).toContain(`Saved: ${cache}/heads/${basename(data)}-net.onnx-avg-bn-dense-8-relu-softmax`)
    expect(stderr).toContain('Adadelta at its default rate in Keras 3, 0.001, hardly moves; published experiments mostly have --lr 1.')
  })
})

describe('train-head with --labels', () => {
  const counts = { ant: 20, bee: 20 }
  const rows = Object.entries(counts).flatMap(([label, count]) => Array.from({ length: count }, (_, i) => `${label}-${i}.png,${label}`))
  const flat = () => codedDataSet({ counts, shape: [20], signal: 3, flat: true })

  it('is asked for where images lie in no class folder', async () => {
    const { data, cache } = await flat()
    expectRefusal(
      runCli('train-head', '--data', data, '--cache', cache),
      1,
      `Expected a folder per class in ${data}, found images in none: "ant-0.png", "ant-1.png", "ant-10.png", …. Give their labels with --labels FILE.csv, a line of path,label for each, or put the images of each class into a folder of its own and run codes again, which computes nothing anew.`,
    )
  })

  it('trains on the labels of the file, and keeps them, the report and the confusion in the bundle', async () => {
    const { data, cache } = await flat()
    const labels = labelFile(['path,label', ...rows])
    const { status, stdout } = runCli('train-head', '--data', data, '--cache', cache, '--labels', labels, '--json')
    expect(status).toBe(0)
    const { classReport, confusion, bundle, accuracy, ...result } = JSON.parse(stdout)
    expect(result).toMatchObject({ classes: 2, test: 12, labelFile: labels, multiLabel: false, topFive: null })
    expect(accuracy.test).toBe(1)
    expect(confusion).toEqual([
      [6, 0],
      [0, 6],
    ])
    expect(classReport).toEqual(['ant', 'bee'].map((label) => ({ label, precision: 1, recall: 1, f1: 1, support: 6, predicted: 6 })))
    expect(basename(bundle)).toBe(`${basename(data)}-labels-net.onnx-flat-softmax`)
    const kept = readFileSync(join(bundle, 'head.json'), 'utf8')
    expect(JSON.parse(kept)).toMatchObject({ labels: ['ant', 'bee'], labelFile: labels, confusion, classReport })
    expect(kept).toContain('\n    [6, 0],\n') // a row of counts in one line
  })

  it('tells of images without a label, and of byte-equal ones with other labels', async () => {
    const { data, cache, files } = await flat()
    const catalog = openCatalog(cache)
    const dataset = catalog.files.findDataset(data) ?? 0
    const [first] = files
    if (!first) throw new Error('Expected files')
    catalog.files.keepFiles(dataset, [{ ...first, path: 'copy.png' }])
    catalog.close()
    const labels = labelFile([...rows.slice(0, -1), 'copy.png,bee'])
    const { status, stderr } = runCli('train-head', '--data', data, '--cache', cache, '--labels', labels)
    expect(status).toBe(0)
    expect(stderr).toContain(`Left out, ${labels} has no label for 1 of 41 images: "bee-19.png".\n`)
    expect(stderr).toContain('Left out, byte-equal images with other labels: ant-0.png, copy.png\n')
  })

  it('refuses rows without an image, but not with --allow-missing', async () => {
    const { data, cache } = await flat()
    const args = ['train-head', '--data', data, '--cache', cache, '--labels', labelFile([...rows, 'Bee-1.png,bee'])] as const
    const file = args[6]
    expectRefusal(
      runCli(...args),
      1,
      `Expected an image of ${data} for every label, found none for 1 of the 41 rows of ${file}: "Bee-1.png". Is "Bee-1.png" the file "bee-1.png"? Correct the paths (they are read from the data folder on), run codes where images are new, or go on without them with --allow-missing.`,
    )
    const { status, stderr } = runCli(...args, '--allow-missing')
    expect([status, stderr]).toEqual([0, expect.stringContaining('Passed over, no image has these paths: 1 of the 41 rows of ')])
  })

  it.each([
    [
      'a label on fewer images than the split needs',
      ['ant-0.png,wasp', 'ant-1.png,wasp', ...rows.slice(2)],
      [],
      () =>
        'Expected at least 3 different images in class "wasp" (to train, choose and test), found 2 images. Add images, or leave it out with --exclude-classes "wasp".',
    ],
    [
      'one label alone that is asked for',
      rows,
      ['--exclude-classes', 'bee'],
      () => 'Expected at least two classes, found only "ant". Add images of another class.',
    ],
    [
      'several labels, which a softmax head does not learn',
      ['ant-0.png,ant;bee', ...rows.slice(1)],
      ['--head', 'softmax'],
      (file: string) =>
        `Expected one label for each image, which is all that --head softmax learns, found images with several or none in ${file}. Use --head sigmoid, or one that ends with it.`,
    ],
  ])('refuses %s', async (_, lines, args, message) => {
    const { data, cache } = await flat()
    const file = labelFile(lines)
    expectRefusal(runCli('train-head', '--data', data, '--cache', cache, '--labels', file, ...args), 1, message(file))
  })

  it('names a label that no image of the train folder has', async () => {
    const { data, cache } = await codedDataSet({ counts, shape: [20], flat: true, part: (index) => (index < 15 ? 'train' : 'test') })
    const labels = labelFile(rows.map((row) => row.replace('bee-19.png,bee', 'bee-19.png,wasp')))
    expectRefusal(
      runCli('train-head', '--data', data, '--cache', cache, '--labels', labels),
      1,
      'Expected at least 2 different images of class "wasp" in the train folder, found 0. Add images, or leave it out with --exclude-classes "wasp".',
    )
  })

  it('finds a learning rate, draws it, and saves no head', async () => {
    const { data, cache } = await codedDataSet({ counts, shape: [20] })
    const args = ['train-head', '--data', data, '--cache', cache, '--find-lr', '--json']
    const { stdout, status } = runCli(...args)
    expect(status).toBe(0)
    const { suggestion, points, files } = JSON.parse(stdout)
    expect(suggestion).toBeGreaterThan(1e-7)
    expect(points.length).toBeGreaterThan(10)
    expect(files.map((file: string) => file.split('/').at(-1))).toEqual(['lr.svg', 'lr.png'])
    expect(runCli(...args, '--solver', 'ridge')).toMatchObject({
      status: 2,
      stderr: 'cnn-codes: Expected --solver to be an optimizer such as adam with --find-lr, got "ridge".\n',
    })
    expect(JSON.parse(runCli(...args, '--weight-decay', '0.01').stdout)).toMatchObject({ solver: 'adamw' })
    expectRefusal(
      runCli(...args, '--name', '../../x'),
      2,
      'Expected --name to be letters, digits, ".", "_" and "-", not beginning with "." or "-", got "../../x".',
    )
  })
})
