import { style } from '../../report/page/style.js'

/** The reports' style sheet, and what only this page has. */
export const pageStyle = `${style}
main { padding-bottom: 2rem; }
.drop { display: block; border: 2px dashed var(--soft); border-radius: .6rem; padding: 1.6rem 1rem; text-align: center; background: var(--card); cursor: pointer; }
.drop:focus-within, .over .drop { outline: 3px solid var(--link); outline-offset: 2px; }
.drop b { display: block; font-size: 1.1rem; }
.drop input { margin-top: .8rem; max-width: 100%; font: inherit; color: inherit; }
.token { margin: 0 0 1rem; }
.token input { display: block; width: 100%; max-width: 28rem; font: inherit; padding: .4rem; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: .3rem; }
#status { min-height: 1.5rem; margin: .8rem 0; }
#results { list-style: none; padding: 0; margin: 0; }
#results > li { display: grid; grid-template-columns: 9rem 1fr; gap: 1rem; border-top: 1px solid var(--line); padding: 1rem 0; }
@media (max-width: 34rem) { #results > li { grid-template-columns: 1fr; } }
#results img { display: block; max-width: 100%; max-height: 9rem; object-fit: contain; }
#results h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
.error { color: var(--bad); }
.top { list-style: none; padding: 0; margin: 0; }
.top li { display: grid; grid-template-columns: minmax(6rem, 14rem) 4.5rem minmax(3rem, 1fr); gap: .6rem; align-items: center; padding: .15rem 0; }
.top .share { text-align: right; font-variant-numeric: tabular-nums; }
.bar { height: .8rem; background: var(--grid); border-radius: .2rem; overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--link); width: 0; }
`
