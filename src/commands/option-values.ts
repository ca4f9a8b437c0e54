import { readFileSync } from 'node:fs'
import { messageOf, UserError, usageError } from '../base/errors.js'
import { type GridValues, parseGrid } from '../evaluate/parse-grid.js'
import { checkShard, type ShardOfFiles } from '../extract/shard-of-files.js'
import { parseAugment } from '../images/augment/parse-augment.js'
import { type ResizeRule, toResizeRule } from '../images/resize-rule.js'

/** Refuses an option that is given twice, of which yargs makes an array. */
export function single(name: string) {
  return <T extends string | boolean>(given: T | readonly T[] | undefined): T | undefined => {
    if (isList(given)) throw usageError(`--${name}`, 'given once', given.join(' and '))
    if (given === '') throw usageError(`--${name}`, 'not empty', given)
    return given
  }
}

const isList = <T>(given: T | readonly T[] | undefined): given is readonly T[] => Array.isArray(given)

/** Reads an option's text as a number that fits a rule. */
function numberThat(name: string, rule: string, fits: (value: number) => boolean) {
  return (given: string | readonly string[] | undefined): number | undefined => {
    const text = single(name)(given)
    if (text === undefined) return undefined
    const value = Number(text)
    if (text.trim() === '' || !fits(value)) throw usageError(`--${name}`, rule, text)
    return value
  }
}

export const positiveInteger = (name: string) =>
  numberThat(name, 'a whole number above 0', (value) => Number.isSafeInteger(value) && value > 0)
export const wholeNumber = (name: string) =>
  numberThat(name, 'a whole number, 0 or more', (value) => Number.isSafeInteger(value) && value >= 0)
export const positiveNumber = (name: string) => numberThat(name, 'a number above 0', (value) => Number.isFinite(value) && value > 0)
export const accuracy = (name: string) =>
  numberThat(name, 'an accuracy above 0 and below 1, such as 0.95', (value) => value > 0 && value < 1)
export const cosine = (name: string) => numberThat(name, 'a cosine above -1 and up to 1', (value) => value > -1 && value <= 1)
export const nonNegative = (name: string) => numberThat(name, 'a number, 0 or more', (value) => Number.isFinite(value) && value >= 0)
export const probability = (name: string) => numberThat(name, 'a probability from 0 to 1', (value) => value >= 0 && value <= 1)
export const share = (name: string) => numberThat(name, 'a number from 0 to below 1', (value) => value >= 0 && value < 1)

/** balanced, or a=2,b=1: a weight above 0 for each name, which may hold "=" itself. */
export function weightsByName(name: string) {
  return (given: string | readonly string[] | undefined): 'balanced' | Record<string, number> | undefined => {
    const items = list(name)(given)
    if (items === undefined) return undefined
    if (items.join() === 'balanced') return 'balanced'
    return Object.fromEntries(
      items.map((item) => {
        const [, key, text = ''] = /^(.+)=([^=]+)$/.exec(item) ?? []
        const weight = Number(text)
        if (key === undefined || !(weight > 0 && Number.isFinite(weight)))
          throw usageError(`--${name}`, 'balanced, or numbers above 0 by class such as cat=2,dog=0.5', item)
        return [key, weight]
      }),
    )
  }
}

/** An option that may repeat: all its values, each once. Commas do not part them, since file names may hold some. */
export function repeated(name: string) {
  return (given: string | readonly string[] | undefined): string[] | undefined => {
    if (given === undefined) return undefined
    const values = [...new Set([given].flat())]
    if (values.includes('')) throw usageError(`--${name}`, 'not empty', '')
    return values
  }
}

/** a,b,c → ['a', 'b', 'c']; repeated options join. */
export function list(name: string) {
  return (text: string | readonly string[] | undefined): string[] | undefined => {
    if (text === undefined) return undefined
    const items = [text]
      .flat()
      .flatMap((part) => part.split(','))
      .map((item) => item.trim())
    if (items.includes('')) throw usageError(`--${name}`, 'a list such as a,b,c', [text].flat().join(' '))
    return items
  }
}

/** Like `list`, of words that are known. */
export function choices<T extends string>(name: string, known: readonly T[]) {
  return (text: string | readonly string[] | undefined): T[] | undefined =>
    list(name)(text)?.map((item) => {
      const found = known.find((one) => one === item)
      if (found === undefined) throw usageError(`--${name}`, `a list of ${known.join(', ')}`, item)
      return found
    })
}

/** Like `list`, of numbers that fit. */
export function numberList(name: string, one: (name: string) => (text: string) => number | undefined) {
  return (text: string | readonly string[] | undefined): number[] | undefined => list(name)(text)?.flatMap((item) => one(name)(item) ?? [])
}

/** Like `list`, of whole numbers above 0 and the word max. */
export function sizes(name: string) {
  const number = positiveInteger(name)
  return (text: string | readonly string[] | undefined): (number | 'max')[] | undefined =>
    list(name)(text)?.flatMap((item) => (item === 'max' ? 'max' : (number(item) ?? [])))
}

export const anyNumber = (name: string) => numberThat(name, 'numbers such as 127.5 or 123.7,116.3,103.5', Number.isFinite)

/** A specification of views in its one spelling. */
export function augmentText(given: string | readonly string[] | undefined): string | undefined {
  const text = single('augment')(given)
  return text === undefined ? undefined : parseAugment(text).text
}

/** A rule of resizing. */
export function resizeRule(given: string | readonly string[] | undefined): ResizeRule | undefined {
  const text = single('resize')(given)
  return text === undefined ? undefined : toResizeRule(text)
}

/** Like `list`, of rules of resizing. */
export function resizeRules(text: string | readonly string[] | undefined): ResizeRule[] | undefined {
  return list('resize')(text)?.map(toResizeRule)
}

/** Values to try of hyper-parameters. */
export function grid(given: string | readonly string[] | undefined): GridValues | undefined {
  const text = single('grid')(given)
  return text === undefined ? undefined : parseGrid(text)
}

/** 2GB, 512MB, 1.5GiB or bytes. */
export function byteSize(name: string) {
  const units: Readonly<Record<string, number>> = { '': 1, KB: 1e3, MB: 1e6, GB: 1e9, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30 }
  return (given: string | readonly string[] | undefined): number | undefined => {
    const text = single(name)(given)
    if (text === undefined) return undefined
    const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? []
    const factor = units[unit.toUpperCase()]
    if (digits === undefined || factor === undefined) throw usageError(`--${name}`, 'a size such as 2GB or 500MB', text)
    return Number(digits) * factor
  }
}

/** 30d, 12h, 2w, 6m (of 30 days) or 1y (of 365), in milliseconds. */
export function period(name: string) {
  const hours: Readonly<Record<string, number>> = { h: 1, d: 24, w: 7 * 24, m: 30 * 24, y: 365 * 24 }
  return (given: string | readonly string[] | undefined): number | undefined => {
    const text = single(name)(given)
    if (text === undefined) return undefined
    const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([hdwmy])$/i.exec(text.trim()) ?? []
    const length = Number(digits) * (hours[unit.toLowerCase()] ?? 0) * 3600 * 1000
    if (!(length > 0)) throw usageError(`--${name}`, 'a time such as 12h, 30d, 2w, 6m or 1y', text)
    return length
  }
}

/** The lines of a list file: paths or sha256, empty lines and lines that begin with # left out. */
export function listFile(name: string) {
  return (given: string | readonly string[] | undefined): ReadonlySet<string> | undefined => {
    const path = single(name)(given)
    if (path === undefined) return undefined
    try {
      const lines = readFileSync(path, 'utf8')
        .split(/\r?\n/)
        .map((line) => line.trim())
      return new Set(lines.filter((line) => line !== '' && !line.startsWith('#')))
    } catch (error) {
      throw new UserError(`Expected --${name} to name a list file, but ${path} cannot be read: ${messageOf(error)}.`, 2)
    }
  }
}

/** 3/16: the third of sixteen parts. */
export function shardOfFiles(given: string | readonly string[] | undefined): ShardOfFiles | undefined {
  const text = single('shard')(given)
  if (text === undefined) return undefined
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  if (index === undefined || count === undefined) throw usageError('--shard', 'I/N, as in 3/16', text)
  const shard = { index: Number(index), count: Number(count) }
  checkShard(shard)
  return shard
}
