import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'

const counts = { ant: 12, bee: 12 }

async function twoKinds() {
  const { data, cache } = await codedDataSet({ counts, shape: [2, 2, 4] })
  await codedDataSet({ counts, shape: [2, 2, 4], layer: 'z', into: { data, cache } })
  return { data, cache, compare: (...args: readonly string[]) => runCli('compare', '--data', data, '--cache', cache, ...args) }
}

describe('compare', () => {
  it('prints a table, or one JSON object, and writes page, tables and no plot where no speed is known', async () => {
    const { cache, compare } = await twoKinds()
    const text = compare('--speed', 'runs', '--repeats', '3', '--pool', 'none,max')
    expect([text.stderr, text.status]).toEqual(['', 0])
    const lines = text.stdout.split('\n').map((line) => line.split(/ {2,}/))
    expect(lines[0]).toEqual(['codes', 'pool', 'accuracy %', '95 % interval', 'images/s', 'numbers', 'disk MB', 'Pareto'])
    expect(
      lines
        .slice(2, 6)
        .map(([name, pool]) => `${name} ${pool}`)
        .sort(),
    ).toEqual(['net.onnx · y flat', 'net.onnx · y max', 'net.onnx · z flat', 'net.onnx · z max'])
    expect(text.stdout).toContain('3 splits (seeds 0 to 2, the same for all), share for training 0.7.')
    expect(text.stdout).toContain(
      'Images per second of net.onnx · y, net.onnx · z: no run on this CPU made these codes alone, of 100 images or more.',
    )
    const { status, stdout, stderr } = compare('--speed', 'runs', '--json', '--quiet', '--per-class', '4')
    expect([status, stderr]).toEqual([0, ''])
    const { rows, files, seconds } = JSON.parse(stdout)
    expect(rows).toHaveLength(4)
    expect(Object.keys(rows[0])).toEqual(
      expect.arrayContaining([
        'model',
        'layer',
        'pool',
        'precision',
        'accuracy',
        'low',
        'high',
        'accuracies',
        'imagesPerSecond',
        'codeLength',
        'bytes',
        'pareto',
      ]),
    )
    expect(seconds).toBeGreaterThan(0)
    expect(files.map((file: string) => file.slice(file.lastIndexOf('.')))).toEqual(['.html', '.csv', '.json'])
    expect(files.every((file: string) => file.startsWith(join(cache, 'reports/compare-')) && existsSync(file))).toBe(true)
    expect(readFileSync(files[0], 'utf8')).toContain('cnn-codes compare --data ')
  })

  it('writes where it is told', async () => {
    const { compare } = await twoKinds()
    const out = join(tempFolder(), 'new', 'kinds.html')
    expect(compare('--speed', 'runs', '--quiet', '--out', out).stdout).toContain(`Page: ${out}; plot and tables beside it; `)
    expect(existsSync(out.replace('.html', '.csv'))).toBe(true)
  })

  it('tells its figures where no file can be written', async () => {
    const { compare } = await twoKinds()
    const file = join(tempFolder(), 'file')
    writeFileSync(file, '')
    const { status, stdout, stderr } = compare('--speed', 'runs', '--quiet', '--out', join(file, 'kinds.html'))
    expect([status, stdout.includes('\nNo files were written, see above; ')]).toEqual([1, true])
    expect(stderr).toContain(`Expected to write the comparison to ${join(file, 'kinds.html')}, but that is not possible: `)
  })

  it.each([
    [['--out', 'kinds.csv'], 2, 'Expected --out to be a name that ends with .html, got "kinds.csv".'],
    [['--repeats', '0'], 2, 'Expected --repeats to be a whole number above 0, got "0".'],
    [['--pool', 'mean'], 2, 'Expected --pool to be a list of none, avg, max, concat, got "mean".'],
    [['--model', 'vgg16'], 1, 'Expected codes of vgg16 for the images of '],
  ])('refuses %j', async (args, code, message) => {
    const { status, stdout, stderr } = (await twoKinds()).compare(...args)
    expect([status, stdout]).toEqual([code, ''])
    expect(stderr).toContain(`cnn-codes: ${message}`)
  })
})
