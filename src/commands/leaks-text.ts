import type { HeadFacts } from '../evaluate/measure-head.js'
import { count, percent } from './format.js'

/** What told near-duplicates, and what tells them better. */
const means = {
  pictures: '',
  codes: ' (by their codes; duplicates looks at the pictures too)',
  bytes: ' (byte-equal ones)',
}

/** A line about test images whose picture was trained or chosen on; none where there are none. */
export function leaksText({ leaks, leaksBy, cleanAccuracy }: Pick<HeadFacts, 'leaks' | 'leaksBy' | 'cleanAccuracy'>): string[] {
  if (leaks.length === 0) return []
  const [images, are, them] = leaks.length === 1 ? ['1 test image', 'is', 'it'] : [`${count(leaks.length)} test images`, 'are', 'them']
  const clean = cleanAccuracy === null ? 'no other test image is left' : `without ${them} test accuracy ${percent(cleanAccuracy)}`
  return [`${images} ${are} shown in training too${means[leaksBy]}: ${clean}`]
}
