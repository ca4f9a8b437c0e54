import { htmlEscape } from 'escape-goat'
import { visibleText } from '../../base/visible-text.js'

/** Markup that may stand in a page as it is. Only `html` and `trustedHtml` make it: a string is never taken for markup. */
export class Html {
  readonly #markup: string

  constructor(markup: string) {
    this.#markup = markup
  }

  toString(): string {
    return this.#markup
  }
}

/** What a template takes: text, which is escaped; markup, which is not; lists of both; nothing. */
export type HtmlValue = string | number | Html | null | undefined | false | readonly HtmlValue[]

/**
 * A template of markup: html`<td>${name}</td>`. Text is escaped for elements and quoted attributes, and its control and
 * direction-changing characters are shown as \u escapes; null, undefined and false are nothing.
 */
export function html(template: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(template.reduce((markup, part, at) => markup + markupOf(values[at - 1]) + part))
}

/** Markup made by a program that escapes by itself, such as a plot's SVG. Never for what a user or a file names. */
export const trustedHtml = (markup: string) => new Html(markup)

function markupOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'object') return value.map(markupOf).join('')
  return htmlEscape(visibleText(String(value)))
}
