import { oneLine } from '../base/one-line.js'
import { textTable } from '../report/text-table.js'
import type { SearchResult } from '../search/search-images.js'
import { command } from './command.js'
import { count, duration } from './format.js'
import { codeOptions, headOptions } from './head-options.js'
import { positiveInteger } from './option-values.js'
import { dataOptions, engineOptions } from './options.js'
import { noProgress } from './terminal.js'

const { seed: _seed, ...data } = dataOptions
const { labels, 'allow-missing': allowMissing } = headOptions

export const searchCommand = command({
  name: 'search <image..>',
  describe: 'The images of a data set that are most like others, by the cosine of their codes',
  positionals: { image: { type: 'string', array: true, demandOption: true, describe: 'Files of the images to search by' } },
  options: {
    ...data,
    ...codeOptions,
    pool: {
      ...codeOptions.pool,
      default: 'avg' as const,
      describe: 'View of the codes: flat, the mean or maximum over positions, or both',
    },
    ...{ labels, 'allow-missing': allowMissing },
    ...engineOptions,
    top: { type: 'string', default: '12', requiresArg: true, coerce: positiveInteger('top'), describe: 'Images to find for each' },
    'skip-equal': { type: 'boolean', default: false, describe: "Leave out images whose bytes equal the query's" },
    out: { type: 'string', requiresArg: true, describe: 'Write a page with the images' },
  },
  examples: [
    ['search new.jpg --data photos', 'the twelve images nearest to it'],
    ['search a.jpg b.jpg --data photos --top 30 --out nearest.html', 'of two images, as a page to look at'],
    ['search photos/cat/1.jpg --data photos --skip-equal', 'of an image of the data set, without itself'],
  ],
  async run({ json, quiet, out, ...args }, terminal) {
    const { searchImages } = await import('../search/search-images.js') // slow to load: other commands need not wait
    const display = quiet ? noProgress : terminal.progress()
    const result = await searchImages({
      ...args,
      queries: args.image,
      excludeClasses: args['exclude-classes'],
      allowMissing: args['allow-missing'],
      skipEqual: args['skip-equal'],
      onNote: quiet ? undefined : terminal.note,
      onProgress: (done, all) => display.update(done, all, 'images compared'),
    }).finally(() => display.stop())
    if (out !== undefined) {
      const { searchPage } = await import('../search/search-page.js')
      const { writePage } = await import('../report/page/write-page.js')
      await writePage(out, await searchPage(result))
    }
    terminal.print(json ? JSON.stringify(result) : searchText(result, out))
    return 0
  },
})

function searchText({ queries, images, model, layer, pool, seconds }: SearchResult, out: string | undefined): string {
  const columns = [{ title: 'cosine', align: 'right' }, { title: 'label' }, { title: 'path' }] as const
  const tables = queries.flatMap(({ query, nearest }) => [
    oneLine(query),
    textTable(
      columns,
      nearest.map(({ similarity, label, path }) => [similarity.toFixed(4), label, path]),
    ),
    '',
  ])
  return [
    ...tables,
    `${count(images)} images compared by codes of ${oneLine(model)}, layer ${oneLine(layer)}, pool ${pool}, in ${duration(seconds)}`,
    ...(out === undefined ? [] : [`Page: ${out}`]),
  ].join('\n')
}
