import { cardsHtml, type ImageCard } from '../report/page/cards.js'
import { type Html, html } from '../report/page/html.js'
import type { Page, PageSection } from '../report/page/page.js'
import { dataThumbnails, type ImageOf } from '../report/run/data-thumbnails.js'
import type { DuplicatesResult } from './find-duplicates.js'

/** Cards of a section: more would make the page too large to open at once. */
const most = 500

/** The duplicates with the images side by side: leaks first, then pictures in several classes, then in one. */
export async function duplicatesPage(result: DuplicatesResult): Promise<Page> {
  const { data } = result
  const groups = groupsOf(result)
  const shown = groups.flatMap(({ cards }) => cards.slice(0, most).flatMap(({ paths }) => paths))
  const imageOf = await dataThumbnails(data, shown)
  return {
    title: 'Duplicates',
    subtitle: `${result.images} images of ${data}; codes of ${result.model}, layer ${result.layer}`,
    sections: [{ id: 'summary', title: 'Summary', body: summary(result) }, ...groups.map((group) => section(group, imageOf))],
  }
}

/** Images that show one picture, and what is said of them. */
interface Shown {
  readonly paths: readonly string[]
  readonly lines: readonly string[]
}

interface Group {
  readonly id: string
  readonly title: string
  readonly says: string
  readonly cards: readonly Shown[]
}

function groupsOf({ leaks, clusters, conflicts, near, exact, pixelEqual }: DuplicatesResult): Group[] {
  const inConflict = new Set(conflicts.map(([first]) => first))
  const howOf = (paths: readonly string[]) => {
    const own = new Set(paths)
    const pairs = near.filter(({ a }) => own.has(a))
    const equal = exact.some(([first]) => own.has(first ?? '')) ? ['byte-equal'] : []
    const pixels = pixelEqual.some(([first]) => own.has(first ?? '')) ? ['equal pixels'] : []
    const mirrored = pairs.some((pair) => pair.mirrored) ? ['mirrored'] : []
    const cosines = pairs.map(({ similarity }) => similarity)
    return [...equal, ...pixels, ...mirrored, ...(cosines.length > 0 ? [`cosine ${Math.min(...cosines).toFixed(3)}`] : [])].join(', ')
  }
  const card = (paths: readonly string[]): Shown => ({ paths, lines: [howOf(paths)] })
  return [
    {
      id: 'leaks',
      title: 'Leaks',
      says: 'Test images (left) whose picture is in the train or validation part (right).',
      cards: leaks.map(({ test, other, similarity }) => ({ paths: [test, other], lines: [`cosine ${similarity.toFixed(3)}`] })),
    },
    { id: 'conflicts', title: 'In several classes', says: 'One picture under several labels.', cards: conflicts.map(card) },
    {
      id: 'within',
      title: 'Within a class',
      says: 'One picture several times in its class.',
      cards: clusters.filter((cluster) => !inConflict.has(cluster[0])).map(card),
    },
  ]
}

function summary({
  exact,
  pixelEqual,
  near,
  clusters,
  conflicts,
  leaks,
  accuracy,
  cleanAccuracy,
  threshold,
  leaveOut,
}: DuplicatesResult): Html {
  const percent = (share: number | null) => (share === null ? 'none' : `${(100 * share).toFixed(1)} %`)
  const figures: readonly (readonly [string, string | number])[] = [
    ['groups of byte-equal files', exact.length],
    ['groups of equal pixels', pixelEqual.length],
    ['near pairs', near.length],
    ['pictures that are there more than once', clusters.length],
    ['of them in several classes', conflicts.length],
    ['leaked test images', leaks.length],
    ['images to leave out', leaveOut.length],
  ]
  const tested = html`<p>Test accuracy of a softmax head on pooled codes ${percent(accuracy)}, without leaked images ${percent(cleanAccuracy)}.</p>`
  return html`<ul class="figures">${figures.map(([name, value]) => html`<li><b>${value}</b>${name}</li>`)}</ul>
${cleanAccuracy !== null && tested}
<p class="soft">Pictures were compared where the cosine of their pooled codes is ${threshold.toFixed(3)} or more.</p>`
}

function section({ id, title, says, cards }: Group, imageOf: ImageOf): PageSection {
  const made = cards.slice(0, most).map(({ paths, lines }): ImageCard => ({ images: paths.map(imageOf), lines }))
  const rest = cards.length - made.length
  return {
    id,
    title: `${title} (${cards.length})`,
    body: html`<p>${cards.length === 0 ? 'None.' : says}</p>${made.length > 0 && cardsHtml(made)}${rest > 0 && html`<p>And ${rest} more.</p>`}`,
  }
}
