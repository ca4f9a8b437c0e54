import { type Html, html, trustedHtml } from './html.js'
import { policyDigest } from './policy-digest.js'
import { sortScript } from './sort-script.js'
import { style } from './style.js'

/** A part of a page, with its place in the contents. */
export interface PageSection {
  /** For links: letters, digits and "-", each section its own. */
  readonly id: string
  readonly title: string
  readonly body: Html
}

export interface Page {
  readonly title: string
  /** A line under the title. */
  readonly subtitle?: string | undefined
  readonly sections: readonly PageSection[]
}

/**
 * A whole HTML file that needs nothing beside it: style and script stand in it, and its policy (Content-Security-Policy) lets a browser
 * fetch nothing and run only this style and this script, so markup that slipped in could do nothing.
 */
export function page({ title, subtitle, sections }: Page): string {
  const script = sortScript()
  const policy = `default-src 'none'; img-src data:; style-src ${policyDigest(style)}; script-src ${policyDigest(script)}; base-uri 'none'; form-action 'none'`
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trustedHtml(style)}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header><h1>${title}</h1>${subtitle !== undefined && html`<p class="soft">${subtitle}</p>`}</header>
<nav aria-label="Contents"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main id="main" tabindex="-1">
${sections.map(sectionHtml)}
</main>
<footer>Made by cnn-codes.</footer>
<script>${trustedHtml(script)}</script>
</body>
</html>
`
  return document.toString()
}

function sectionHtml({ id, title, body }: PageSection): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}
</section>
`
}
