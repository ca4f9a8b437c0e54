import { basename, resolve } from 'node:path'
import { cardsHtml } from '../report/page/cards.js'
import { html } from '../report/page/html.js'
import type { Page, PageSection } from '../report/page/page.js'
import { makeThumbnails, type Thumbnail } from '../report/page/thumbnails.js'
import { dataThumbnails, type ImageOf } from '../report/run/data-thumbnails.js'
import type { SearchedQuery, SearchResult } from './search-images.js'

/** Each query with the images nearest to it. */
export async function searchPage({ data, model, layer, pool, images, queries }: SearchResult): Promise<Page> {
  const own = await makeThumbnails(queries.map(({ query }) => resolve(query)))
  const imageOf = await dataThumbnails(
    data,
    queries.flatMap(({ nearest }) => nearest.map(({ path }) => path)),
  )
  return {
    title: 'Nearest images',
    subtitle: `${images} images of ${data}; cosine of codes of ${model}, layer ${layer}, pool ${pool}`,
    sections: queries.map((query, at) => section(query, { id: `query-${at + 1}`, thumbnail: own.get(resolve(query.query)), imageOf })),
  }
}

interface Pictures extends Pick<PageSection, 'id'> {
  readonly thumbnail: Thumbnail | undefined
  readonly imageOf: ImageOf
}

function section({ query, nearest }: SearchedQuery, { id, thumbnail, imageOf }: Pictures): PageSection {
  const found = nearest.map(({ path, label, similarity }) => ({
    images: [imageOf(path)],
    lines: [html`<bdi>${label}</bdi>`, html`cosine ${similarity.toFixed(3)}`],
  }))
  return {
    id,
    title: basename(query),
    body: html`${cardsHtml([{ images: [{ path: query, thumbnail }], lines: ['the query'] }])}
<h3>Nearest</h3>
${found.length === 0 ? html`<p>None.</p>` : cardsHtml(found)}`,
  }
}
