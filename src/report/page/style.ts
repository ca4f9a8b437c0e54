/** The page's only style sheet: light and dark as the reader's system is, one column on a phone, nothing that moves. */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1c1c; --soft: #595959; --line: #d5d5d5; --grid: #e6e6e6; --card: #f5f5f5; --link: #0b57a4; --good: #0f6b3a; --bad: #a4261b; --heat: 8 81 156; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181b; --ink: #ececec; --soft: #b0b4ba; --line: #44484f; --grid: #33373d; --card: #212429; --link: #8cc4ff; --good: #7ddba5; --bad: #ff9d92; --heat: 110 190 255; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
header, nav, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.2rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 0 0 .6rem; }
h3 { font-size: 1.05rem; margin: 1.2rem 0 .4rem; }
p { margin: .4rem 0 .8rem; max-width: 48rem; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .4rem .8rem; z-index: 1; }
.soft, figcaption, caption { color: var(--soft); }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; padding: 0; margin: .6rem 0; }
nav a { display: inline-block; padding: .2rem 0; }
section { border-top: 1px solid var(--line); padding: 1.2rem 0; }
code, pre { font: .9em/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
pre { background: var(--card); padding: .6rem .8rem; white-space: pre-wrap; margin: .4rem 0 .8rem; }
.scroll { overflow-x: auto; margin: .6rem 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .2rem 0; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
tbody th { font-weight: 400; max-width: 24rem; min-width: 9rem; }
td { min-width: 7rem; }
thead th { white-space: nowrap; }
th.number, td.number { text-align: right; white-space: nowrap; min-width: 0; }
th button { font: inherit; color: inherit; background: none; border: 0; padding: .1rem 0; cursor: pointer; }
th button::after { content: "\\2195"; color: var(--soft); margin-left: .3rem; }
th[aria-sort=descending] button::after { content: "\\2193"; color: var(--ink); }
th[aria-sort=ascending] button::after { content: "\\2191"; color: var(--ink); }
.figures { display: flex; flex-wrap: wrap; gap: .6rem; padding: 0; margin: .6rem 0; list-style: none; }
.figures li { background: var(--card); padding: .5rem .9rem; border-radius: .4rem; }
.figures b { display: block; font-size: 1.35rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .8rem; list-style: none; padding: 0; margin: .6rem 0 1rem; }
.cards li { background: var(--card); border-radius: .4rem; padding: .6rem; font-size: .85rem; line-height: 1.35; }
.cards .pair { grid-column: span 2; }
.thumbs { display: flex; flex-wrap: wrap; gap: .5rem; margin-bottom: .4rem; }
figure { margin: 0; }
.pair figure { width: 96px; }
.thumb { display: block; max-width: 100%; }
.missing { display: flex; align-items: center; justify-content: center; width: 96px; min-height: 72px; padding: .3rem; border: 1px dashed var(--soft); color: var(--soft); font-size: .75rem; text-align: center; }
.path { display: block; }
.line { display: block; color: var(--soft); }
.plot svg { display: block; max-width: none; height: auto; }
.plot svg > rect:first-child { fill: none; }
.plot [fill="#333"], .plot [fill="#000"], .plot [fill="#000000"], .plot [fill=black] { fill: var(--ink); }
.plot [fill="#444"], .plot [fill="#666"] { fill: var(--soft); }
.plot [fill=white] { fill: var(--paper); }
.plot [stroke="#e6e6e6"] { stroke: var(--grid); }
.plot [stroke="#888"], .plot [stroke="#666"] { stroke: var(--soft); }
.plot [stroke="#000000"] { stroke: var(--ink); }
h4 { font-size: 1rem; margin: 1rem 0 .3rem; }
summary { cursor: pointer; padding: .3rem 0; }
.heats { display: flex; flex-wrap: wrap; gap: 1rem; }
.heats figure { min-width: 0; max-width: 100%; }
.heat rect { fill: rgb(var(--heat)); }
.heat rect:hover { stroke: var(--ink); }
.heat .frame { fill: none; stroke: var(--line); }
.heat text { fill: var(--ink); }
.scale span { display: inline-block; width: 8rem; height: .8rem; vertical-align: middle; background: linear-gradient(90deg, rgb(var(--heat) / .3), rgb(var(--heat))); }
footer { padding-top: 1rem; padding-bottom: 2rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .9rem; }
@media print { nav, .skip { display: none; } .scroll { overflow: visible; } }
`
