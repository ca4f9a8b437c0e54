import type { DoubtedImage, LabelDoubt, OddImage } from '../../evaluate/doubt/label-doubt.js'
import { cardsHtml, type ImageCard } from '../page/cards.js'
import { type Html, html } from '../page/html.js'
import type { Page, PageSection } from '../page/page.js'
import { tableHtml } from '../page/table.js'
import { dataThumbnails, type ImageOf } from '../run/data-thumbnails.js'
import { count, counted, percent, shareCell } from '../run/shares.js'

/** Outliers and images far from their class that are shown. */
const ODD = 48

/** Label doubt as a page: the most doubted images first, each beside one of the class that is suggested. */
export async function doubtPage(doubt: LabelDoubt, { top }: { readonly top: number }): Promise<Page> {
  const doubts = doubt.doubts.slice(0, top)
  const [outliers, far] = [doubt.outliers.slice(0, ODD), doubt.farFromClass.slice(0, ODD)]
  const samples = sampleOf(doubt)
  const suggested = doubts.flatMap((image) => samples.get(image.suggested) ?? [])
  const paths = [
    ...doubts.map(({ path }) => path),
    ...suggested,
    ...[...outliers, ...far].map(({ path }) => path),
    ...doubt.conflicts.flat(),
  ]
  const imageOf = await dataThumbnails(doubt.data, paths)
  const sections: (PageSection | undefined)[] = [
    { id: 'summary', title: 'Summary', body: summary(doubt) },
    conflicts(doubt, imageOf),
    { id: 'doubts', title: 'Doubted labels', body: doubted(doubts, imageOf, samples) },
    { id: 'far', title: 'Far from their class', body: odd(far, farText, (image) => farCard(image, imageOf)) },
    { id: 'outliers', title: 'Unlike all others', body: odd(outliers, outlierText, (image) => outlierCard(image, imageOf)) },
    { id: 'classes', title: 'Classes', body: classes(doubt) },
  ]
  return {
    title: 'Label doubt',
    subtitle: `${count(doubt.images)} images of ${doubt.data}; codes of ${doubt.model}`,
    sections: sections.flatMap((section) => section ?? []),
  }
}

/** The image of each class whose label is surest. */
function sampleOf({ doubts }: LabelDoubt): ReadonlyMap<string, string> {
  return new Map(doubts.map(({ label, path }) => [label, path])) // the last one stays, and doubt falls
}

function summary({ images, judged, folds, seed, accuracy, estimatedErrors, doubts, conflicts: groups, classes: all }: LabelDoubt): Html {
  const errors = doubts.filter(({ isError }) => isError).length
  const small = all.filter(({ isTooSmall }) => isTooSmall)
  return html`<ul class="figures">
<li><b>${count(errors)}</b> labels counted as wrong</li>
<li><b>${count(Math.round(estimatedErrors))}</b> wrong labels estimated</li>
<li><b>${percent(accuracy)}</b> right without having seen the image</li>
<li><b>${count(groups.length)}</b> byte-equal images in several classes</li>
</ul>
<p>${count(judged)} of ${counted(images, 'image')} were judged, each by a softmax head that was trained without its fold (${folds} folds, seed ${seed}).
A label is counted as wrong where another class is told with more confidence than is usual for it (confident learning). No image is changed or deleted.</p>
${small.length > 0 && html`<p>Not judged, for they have fewer different images than there are folds: ${small.map(({ label }, at) => html`${at > 0 && ', '}<bdi>${label}</bdi>`)}.</p>`}`
}

function conflicts({ conflicts: groups }: LabelDoubt, imageOf: ImageOf): PageSection | undefined {
  if (groups.length === 0) return undefined
  const cards = groups.map((paths): ImageCard => ({ images: paths.map(imageOf) }))
  return {
    id: 'conflicts',
    title: 'Byte-equal in several classes',
    body: html`<p>One of the labels at least is wrong.</p>${cardsHtml(cards)}`,
  }
}

function doubted(doubts: readonly DoubtedImage[], imageOf: ImageOf, samples: ReadonlyMap<string, string>): Html {
  const cards = doubts.map((image): ImageCard => {
    const sample = image.suggested === image.label ? undefined : samples.get(image.suggested)
    return {
      images: [imageOf(image.path), ...(sample === undefined ? [] : [imageOf(sample)])],
      lines: [
        html`labelled <bdi>${image.label}</bdi> (${percent(image.selfConfidence)})`,
        html`${image.isError ? 'counted as' : 'most likely'} <bdi>${image.suggested}</bdi> (${percent(image.confidence)})`,
      ],
    }
  })
  return html`<p>The most doubted first: those whose own label is the least probable. On the right the surest image of the class that is suggested.</p>${cardsHtml(cards)}`
}

const farText = 'More like another class than like their own, by the mean cosine of codes.'
const outlierText = 'Least like even the images that are nearest to them: perhaps not what was to be collected.'

function odd(images: readonly OddImage[], text: string, card: (image: OddImage) => ImageCard): Html {
  return images.length === 0 ? html`<p>None.</p>` : html`<p>${text}</p>${cardsHtml(images.map(card))}`
}

const farCard = ({ path, label, similarity, nearest, nearestSimilarity }: OddImage, imageOf: ImageOf): ImageCard => ({
  images: [imageOf(path)],
  lines: [
    html`labelled <bdi>${label}</bdi> (${similarity.toFixed(2)})`,
    html`nearer to <bdi>${nearest}</bdi> (${nearestSimilarity.toFixed(2)})`,
  ],
})

const outlierCard = ({ path, label, similarity }: OddImage, imageOf: ImageOf): ImageCard => ({
  images: [imageOf(path)],
  lines: [html`labelled <bdi>${label}</bdi>`, `cosine to its nearest ${similarity.toFixed(2)}`],
})

function classes({ classes: all }: LabelDoubt): Html {
  return tableHtml({
    caption: 'Labels by class.',
    columns: ['Class', 'Images', 'Wrong, estimated', 'Mean probability of the label', 'Judged'].map((title) => ({ title })),
    rows: all.map(({ label, images, estimatedErrors, selfConfidence, isTooSmall }) => [
      html`<bdi>${label}</bdi>`,
      images,
      { shown: estimatedErrors.toFixed(1), sort: estimatedErrors },
      shareCell(selfConfidence),
      isTooSmall ? 'no: too small' : 'yes',
    ]),
  })
}
