import { html, trustedHtml } from '../../report/page/html.js'
import { policyDigest } from '../../report/page/policy-digest.js'
import { pageScript } from './page-script.js'
import { pageStyle } from './page-style.js'

export interface ServePageOptions {
  /** What is said of the bundle; nothing where the page is open to those without the token. */
  readonly about: string | undefined
  /** Whether the page asks for a token. */
  readonly asksToken: boolean
}

/** The page to drop images on: a whole document that fetches nothing but the server's answers. */
export function servePage({ about, asksToken }: ServePageOptions): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Classify images</title>
<link rel="icon" href="data:,">
<style>${trustedHtml(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header><h1>Classify images</h1>${about !== undefined && html`<p class="soft">${about}</p>`}</header>
<main id="main" tabindex="-1">
${asksToken && html`<p class="token"><label for="token">Token of this server</label><input id="token" type="password" autocomplete="off" spellcheck="false"></p>`}
<label class="drop" for="files"><b>Drop images here, paste them, or choose files</b>
<span class="soft">JPEG, PNG, WebP, GIF, AVIF or TIFF. They go to this server and are not kept.</span>
<input id="files" type="file" accept="image/*" multiple></label>
<p id="status" role="status"></p>
<ul id="results" aria-label="Results"></ul>
</main>
<footer>Made by cnn-codes.</footer>
<script>${trustedHtml(pageScript)}</script>
</body>
</html>
`
  return document.toString()
}

/** Lets the page run its own style and script, show images that were dropped on it, and ask its own server: nothing else. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src ${policyDigest(pageStyle)}`,
  `script-src ${policyDigest(pageScript)}`,
  'img-src blob: data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
