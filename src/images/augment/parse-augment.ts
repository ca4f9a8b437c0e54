import { usageError } from '../../base/errors.js'
import { type Augmentation, type AugmentStep, type Range, type StepName, stepNames } from './augmentation.js'
import { presets } from './presets.js'

/** How a step is written, and what its numbers may be. */
interface StepRule {
  /** As the user types it. */
  readonly form: string
  /** Whether flip-like: without numbers. */
  readonly bare?: boolean
  /** A single number as a range, undefined where it does not fit. */
  readonly single?: (value: number) => Range | undefined
  /** Whether a range A-B fits. */
  readonly fits?: (range: Range) => boolean
}

const around = (middle: number, most: number) => (value: number) =>
  value > 0 && value <= most ? { low: middle - value, high: middle + value } : undefined

const rules: Readonly<Record<StepName, StepRule>> = {
  flip: { form: 'flip', bare: true },
  vflip: { form: 'vflip', bare: true },
  zoom: {
    form: 'zoom:Z with Z above 0 and at most 0.9, or zoom:A-B with 0.1 ≤ A ≤ B ≤ 10',
    single: around(1, 0.9),
    fits: ({ low, high }) => low >= 0.1 && high <= 10,
  },
  shift: { form: 'shift:S with S above 0 and at most 1', single: around(0, 1) },
  rotate: { form: 'rotate:DEGREES above 0 and at most 180', single: around(0, 180) },
  crop: { form: 'crop:A-B with shares of the area, 0.01 ≤ A ≤ B ≤ 1', fits: ({ low, high }) => low >= 0.01 && high <= 1 },
  brightness: {
    form: 'brightness:B with B above 0 and at most 1, or brightness:A-B with factors 0 ≤ A ≤ B ≤ 10',
    single: around(1, 1),
    fits: ({ high }) => high <= 10,
  },
  lighting: { form: 'lighting:L with L above 0 and at most 0.9', single: around(0, 0.9) },
}

const usualProbability: Readonly<Record<StepName, number>> = {
  ...{ flip: 0.5, vflip: 0.5 },
  ...{ zoom: 1, shift: 1, rotate: 1, crop: 1, brightness: 1, lighting: 1 },
}

const steps = `a list of ${stepNames.join(', ')}, or ${Object.keys(presets).join(' or ')}`
const number = String.raw`\d+(?:\.\d+)?`
const form = new RegExp(`^([a-z]+)(?::(${number})(?:-(${number}))?)?(?:@(${number}))?$`)

/**
 * Reads a specification such as "flip,rotate:90,crop:0.08-1@0.5" or the name of a preset. The steps' order means nothing.
 *
 * @throws UserError that names the step which does not fit, where it begins, and how it is written.
 */
export function parseAugment(text: string): Augmentation {
  const trimmed = text.trim()
  const written = Object.hasOwn(presets, trimmed) ? (presets[trimmed] ?? '') : text
  const parsed = new Map<StepName, AugmentStep>()
  let at = 0
  for (const part of written.split(',')) {
    const step = parseStep(part, at + part.length - part.trimStart().length + 1)
    if (parsed.has(step.name)) throw badStep(`${step.name} once`, part, at + 1)
    parsed.set(step.name, step)
    at += part.length + 1
  }
  const ordered = stepNames.flatMap((name) => parsed.get(name) ?? [])
  return { steps: ordered, text: ordered.map(stepText).join() }
}

function parseStep(part: string, at: number): AugmentStep {
  const [, word = '', first, second, chance] = form.exec(part.trim()) ?? []
  const begun = /^\s*([a-z]*)/.exec(part)?.[1] ?? ''
  const name = stepNames.find((known) => known === (word || begun))
  if (name === undefined) throw badStep(steps, part, at)
  const { bare = false, form: written, single, fits } = rules[name]
  const probability = chance === undefined ? usualProbability[name] : Number(chance)
  if (word === '' || probability <= 0 || probability > 1) throw badStep(formOf(written), part, at)
  if (bare !== (first === undefined)) throw badStep(formOf(written), part, at)
  if (bare) return { name, range: { low: 0, high: 0 }, alike: false, probability }
  const given = { low: Number(first), high: Number(second) }
  const range = second === undefined ? single?.(given.low) : given.low <= given.high && fits?.(given) ? given : undefined
  if (!range) throw badStep(formOf(written), part, at)
  return { name, range, alike: second !== undefined, probability }
}

const formOf = (written: string) => `${written}; @P behind it gives a probability above 0, at most 1`

function badStep(rule: string, part: string, at: number) {
  return usageError('--augment', `${rule}, at character ${at}`, part.trim())
}

function stepText({ name, range, alike, probability }: AugmentStep): string {
  const { bare = false } = rules[name]
  const chance = probability === usualProbability[name] ? '' : `@${probability}`
  if (bare) return `${name}${chance}`
  // A single number Z stands for the range from 1 − Z or −Z on, whose ends carry rounding: it is told by its half.
  const numbers = alike ? `${range.low}-${range.high}` : String(rounded((range.high - range.low) / 2))
  return `${name}:${numbers}${chance}`
}

const rounded = (value: number) => Number(value.toPrecision(12))
