import { describe, expect, it } from 'vitest'
import { readLabels } from '../../src/evaluate/read-labels.js'
import { labelFile } from '../helpers/label-file.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const bad: { name: string; content: readonly string[] | Uint8Array; found: string }[] = [
  { name: 'an empty file', content: [], found: 'an empty file. Write a line for each image, such as cat/1.jpg,cat.' },
  { name: 'blank lines', content: ['', ' '], found: 'an empty file. Write a line for each image, such as cat/1.jpg,cat.' },
  { name: 'a header alone', content: ['path,label'], found: 'a header alone. Write a line for each image, such as cat/1.jpg,cat.' },
  {
    name: 'a header without labels',
    content: ['path,width', '1.jpg,8'],
    found: 'no column of labels in the header "path,width". Name the columns path,label and leave out others.',
  },
  {
    name: 'a missing column',
    content: ['1.jpg,cat', '', '2.jpg'],
    found: 'one column in line 3, "2.jpg". Write path,label; several labels are parted by semicolons: cat/1.jpg,cat;pet.',
  },
  {
    name: 'semicolons between columns',
    content: ['path;label'],
    found: 'one column in line 1, "path;label". Write path,label; several labels are parted by semicolons: cat/1.jpg,cat;pet.',
  },
  {
    name: 'a column too many',
    content: ['1.jpg,cat,pet'],
    found: '3 columns in line 1, "1.jpg,cat,pet". Write path,label; several labels are parted by semicolons: cat/1.jpg,cat;pet.',
  },
  {
    name: 'a row without a path',
    content: ['1.jpg,cat', ',dog'],
    found: 'no path in line 2, ",dog". Write path,label; several labels are parted by semicolons: cat/1.jpg,cat;pet.',
  },
  {
    name: 'a quote that does not end',
    content: ['1.jpg,"cat'],
    found:
      'that it is no CSV: Quote Not Closed: the parsing is finished with an opening quote at line 1. Put cells with commas or quotes into quotes, and double the quotes inside.',
  },
  {
    name: 'Latin-1',
    content: Buffer.from('1.jpg,caf\xe9\n', 'latin1'),
    found: 'bytes that are not UTF-8. Save it as UTF-8 (in Excel: CSV UTF-8).',
  },
  {
    name: 'UTF-16',
    content: Buffer.from('\ufeff1.jpg,cat\n', 'utf16le'),
    found: 'bytes that are not UTF-8. Save it as UTF-8 (in Excel: CSV UTF-8).',
  },
]

describe('readLabels', () => {
  it.each(bad)('refuses $name', async ({ content, found }) => {
    const file = labelFile(content)
    expect((await userErrorOf(() => readLabels(file))).message).toBe(`Expected rows of path,label in ${file}, found ${found}`)
  })

  it('refuses a file that is not there', async () => {
    const file = `${tempFolder()}/no.csv`
    const { message, exitCode } = await userErrorOf(() => readLabels(file))
    expect([message, exitCode]).toEqual([
      `Expected --labels to name a CSV file, but ${file} cannot be read: ENOENT: no such file or directory, open '${file}'.`,
      2,
    ])
  })

  it.each(['path,label', 'path,labels', 'file,label', 'Path, Label'])('passes over the header %s', (header) => {
    expect(readLabels(labelFile([header, '1.jpg,cat']))).toEqual([{ path: '1.jpg', labels: ['cat'], line: 2 }])
  })

  it('reads BOM, CRLF, blank lines, quoted cells, several labels and none', () => {
    const lines = ['\ufeff1.jpg,cat\r', '\r', '"a, ""b"".jpg","dog, big; pet;dog"\r', '2.jpg,\r', '3.jpg, cat ;\r', 'größe.jpg,"über"\r']
    expect(readLabels(labelFile(lines))).toEqual([
      { path: '1.jpg', labels: ['cat'], line: 1 },
      { path: 'a, "b".jpg', labels: ['dog, big', 'pet', 'dog'].sort(), line: 3 },
      { path: '2.jpg', labels: [], line: 4 },
      { path: '3.jpg', labels: ['cat'], line: 5 },
      { path: 'größe.jpg', labels: ['über'], line: 6 },
    ])
  })
})
