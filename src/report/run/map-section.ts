import { basename, dirname } from 'node:path'
import { classMap } from '../../evaluate/class-map.js'
import { classMapPlot } from '../class-map-plot.js'
import { type Html, html } from '../page/html.js'
import type { ReportContext, SectionMaker } from './context.js'
import type { HeadRun } from './saved-run.js'
import { count } from './shares.js'

/** A map of the classes for each kind of codes and test images; heads on the same ones share it. */
export const mapSection: SectionMaker = async (context) => {
  if (context.heads.length === 0) return undefined
  const first = new Map<string, HeadRun>()
  for (const run of context.heads) {
    const key = JSON.stringify([run.head.fingerprint, run.head.data, run.head.labelFile, run.head.seed, run.head.test])
    if (!first.has(key)) first.set(key, run)
  }
  const parts: Html[] = []
  for (const run of first.values()) parts.push(await one(run, context, first.size > 1))
  return {
    id: 'map',
    title: 'Map of the classes',
    body: html`<p>Each point is the mean of the pooled codes of a class’s test images, on the plane along which these means differ most
(principal component analysis). Classes that lie together look alike to the network. Names that would cover others are left out.</p>${parts}`,
  }
}

async function one({ name, folder, head, results }: HeadRun, { cache, plots }: ReportContext, isNamed: boolean): Promise<Html> {
  const title = isNamed && html`<h3><bdi>${name}</bdi></h3>`
  if (typeof results === 'string') return html`${title}<p>Not known: ${results} Train it again.</p>`
  const own = basename(dirname(folder)) === 'heads' ? dirname(dirname(folder)) : cache
  const map = classMap(own, head.fingerprint, results)
  if (typeof map === 'string') return html`${title}<p>No map: ${map} The command codes makes them.</p>`
  const text = `Map of ${map.places.length} classes by the mean codes of ${count(map.images)} test images, ${name}.`
  return html`${title}${await plots.figure(`${name}-classes`, classMapPlot(map, `Class means, codes of ${basename(head.model)}`), text)}`
}
