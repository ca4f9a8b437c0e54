import { command } from './command.js'
import { bytes, percent } from './format.js'
import { dataOptions } from './options.js'

export const reportCommand = command({
  name: 'report [name..]',
  describe: 'One HTML page of a saved head or sweep, or of several side by side',
  positionals: {
    name: {
      type: 'string',
      array: true,
      describe: 'Saved heads and sweeps by their names in the cache, or paths of them [default: the head that was saved last]',
    },
  },
  options: {
    cache: dataOptions.cache,
    out: { type: 'string', requiresArg: true, describe: 'The HTML file [default: CACHE/reports/NAME.html]' },
    plots: { type: 'string', requiresArg: true, describe: 'Folder that takes every plot as SVG and PNG' },
    json: dataOptions.json,
    quiet: dataOptions.quiet,
  },
  examples: [
    ['report', 'of the head that was saved last'],
    ['report photos-vgg16-flat-softmax photos-resnet50-avg-softmax', 'two heads side by side'],
    ['report mine cache/sweeps/photos-vgg16-flat --out mine.html', 'a head and a sweep, as mine.html'],
    ['report mine --plots plots', 'and every plot as SVG and PNG into plots/'],
  ],
  async run({ name: names, cache, out, plots: folder, json }, terminal) {
    const { makeReport } = await import('../report/make-report.js') // slow to load: other commands need not wait
    const result = await makeReport({ cache, names, out, plots: folder })
    const { file, plots, runs } = result
    const figures = runs.flatMap(({ name, accuracy, low, high }) =>
      accuracy === null || low === null || high === null
        ? []
        : [`${name}: test accuracy ${percent(accuracy)} (95 % interval ${percent(low)} to ${percent(high)})`],
    )
    const drawn = plots.length === 0 ? [] : [`Plots: ${plots.length} files in ${folder}`]
    terminal.print(json ? JSON.stringify(result) : [...figures, `Report: ${file}, ${bytes(result.bytes)}`, ...drawn].join('\n'))
    return 0
  },
})
