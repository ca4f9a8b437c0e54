import { type Html, html } from './html.js'
import type { Thumbnail } from './thumbnails.js'

/** One image of a card. */
export interface CardImage {
  /** As people know it: below the data folder. */
  readonly path: string
  /** Undefined where none was made. */
  readonly thumbnail: Thumbnail | undefined
  /** Lines below the path. */
  readonly lines?: readonly (string | Html)[]
}

/** One image, or several that are to be seen side by side, and lines about all of them. */
export interface ImageCard {
  readonly images: readonly CardImage[]
  readonly lines?: readonly (string | Html)[]
}

/** A grid of images with their paths and captions. */
export function cardsHtml(cards: readonly ImageCard[]): Html {
  return html`<ul class="cards">
${cards.map(({ images, lines = [] }) => html`<li${images.length > 1 && html` class="pair"`}>${figures(images)}${lines.map(line)}</li>\n`)}</ul>
`
}

function figures(images: readonly CardImage[]): Html {
  return html`<div class="thumbs">${images.map(
    ({ path, thumbnail, lines = [] }) =>
      html`<figure>${thumbnailHtml(thumbnail)}<figcaption><bdi class="path">${path}</bdi>${lines.map(line)}</figcaption></figure>`,
  )}</div>`
}

/** The picture, or a frame of its size that says why there is none. The path beside it names it: its own text is empty. */
export function thumbnailHtml(thumbnail: Thumbnail | undefined): Html {
  if (thumbnail?.kind === 'image') {
    const { uri, width, height } = thumbnail
    return html`<img class="thumb" src="${uri}" width="${width}" height="${height}" alt="">`
  }
  return html`<div class="missing">${thumbnail?.reason ?? 'No picture.'}</div>`
}

const line = (text: string | Html) => html`<span class="line">${text}</span>`
