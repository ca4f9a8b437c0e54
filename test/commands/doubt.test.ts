import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { labelFile } from '../helpers/label-file.js'
import { runCli } from '../helpers/run-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'

it('doubt tells, lists and shows wrong labels; the list is what --exclude takes', async () => {
  const { data, cache, files } = await codedDataSet({ counts: { ant: 20, bee: 20, cat: 3 }, shape: [2, 2, 4] })
  const labels = labelFile(files.map(({ path, label }) => `${path},${path === 'ant/3.png' ? 'bee' : label}`))
  const [list, page] = [join(tempFolder(), 'wrong.txt'), join(tempFolder(), 'pages', 'doubt.html')]
  const of = ['--data', data, '--cache', cache, '--labels', labels, '--quiet']
  const { status, stdout, stderr } = runCli('doubt', ...of, '--apply', list, '--out', page)
  expect([status, stderr]).toEqual([0, ''])
  const lines = stdout.split('\n')
  expect(lines[2]).toMatch(/^ant\/3\.png +bee +[\d.]+ % +ant +[\d.]+ %$/)
  expect(stdout).toContain('1 of 40 labels count as wrong (1 estimated); 1 images are more like another class')
  expect(stdout).toContain('Too small to be judged (fewer than 5 different images): cat (3)')
  expect(stdout).toContain(`1 images to leave out: --exclude ${list}\nPage: ${page}`)
  expect(readFileSync(list, 'utf8')).toMatch(/^# Made by doubt --apply.*\n# .*\nant\/3\.png\n$/)
  expect(readFileSync(page, 'utf8')).toContain('labelled <bdi>bee</bdi>')
  const without = runCli('doubt', ...of, '--exclude', list, '--json', '--top', '2')
  expect(JSON.parse(without.stdout)).toMatchObject({ images: 42, doubts: [{ isError: false }, { isError: false }] })
})

it('doubt says in a sentence what is wrong', async () => {
  const { data, cache } = await codedDataSet({ counts: { ant: 20, bee: 20 }, shape: [4] })
  const of = ['doubt', '--data', data, '--cache', cache]
  expect(runCli(...of, '--folds', '1')).toMatchObject({
    status: 2,
    stderr: 'cnn-codes: Expected --folds to be a whole number above 1, got 1.\n',
  })
  expect(runCli(...of, '--quiet', '--top', 'all')).toMatchObject({
    status: 2,
    stderr: 'cnn-codes: Expected --top to be a whole number above 0, got "all".\n',
  })
})
