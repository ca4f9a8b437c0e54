import { expect, test } from 'vitest'
import { html, trustedHtml } from '../../../src/report/page/html.js'

test.each<readonly [string | number | null | undefined | false, string]>([
  ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  [`" onerror='x' &amp;`, '&quot; onerror=&#39;x&#39; &amp;amp;'],
  [']]>', ']]&gt;'],
  ['a\nb\u0000\u0085', 'a\\u000ab\\u0000\\u0085'],
  ['gpj.\u202egnp', 'gpj.\\u202egnp'],
  ['\u2028\u2029\u200f\u061c\u2067', '\\u2028\\u2029\\u200f\\u061c\\u2067'],
  [12.5, '12.5'],
  [0, '0'],
  [null, ''],
  [undefined, ''],
  [false, ''],
])('html escapes %j', (value, markup) => {
  expect(String(html`<b title="${value}">${value}</b>`)).toBe(`<b title="${markup}">${markup}</b>`)
})

test('html takes markup and lists as they are, and only what it made itself', () => {
  const item = html`<i>${'<'}</i>`
  expect(String(html`${[item, '<', [trustedHtml('<hr>')]]}`)).toBe('<i>&lt;</i>&lt;<hr>')
})
