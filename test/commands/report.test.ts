import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'

it('report writes a page and plots of what train-head saved, and tells where', async () => {
  const { data, cache } = await codedDataSet({ counts: { ant: 10, bee: 12, cat: 8 }, shape: [2, 2, 4] })
  expect(runCli('train-head', '--data', data, '--cache', cache, '--name', 'mine', '--quiet').status).toBe(0)
  const plots = join(tempFolder(), 'plots')
  const { status, stdout, stderr } = runCli('report', 'mine', '--cache', cache, '--plots', plots, '--json')
  expect([status, stderr]).toEqual([0, ''])
  const result = JSON.parse(stdout)
  const file = join(cache, 'reports/mine.html')
  expect(result).toMatchObject({ file, bytes: readFileSync(file).length, runs: [{ name: 'mine', kind: 'head' }] })
  expect(result.plots.filter((path: string) => existsSync(path))).toHaveLength(8)
  expect(readFileSync(file, 'utf8')).toContain(`cnn-codes train-head --data ${data} --cache ${cache} --name mine --quiet --model net.onnx`)
  const said = runCli('report', '--cache', cache).stdout.split('\n')
  expect(said[0]).toMatch(/^mine: test accuracy [\d.]+ % \(95 % interval [\d.]+ % to [\d.]+ %\)$/)
  expect(said[1]).toMatch(new RegExp(`^Report: ${file}, [\\d.]+ kB$`))
})

it('report says in a sentence what is wrong', () => {
  const cache = tempFolder()
  const { status, stderr } = runCli('report', '--cache', cache, 'nothing')
  expect([status, stderr]).toEqual([
    1,
    `cnn-codes: Expected a saved head or a sweep named "nothing" in ${cache}, found none. Name one of them, or a path; train-head and sweep-samples make them.\n`,
  ])
})
