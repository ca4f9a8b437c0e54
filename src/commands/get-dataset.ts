import { quoted } from '../base/quoted.js'
import { datasetSource, datasetSources } from '../recipes/datasets/dataset-sources.js'
import { type GetDatasetResult, getDataset } from '../recipes/datasets/get-dataset.js'
import { command } from './command.js'
import { downloadDisplay } from './download-display.js'
import { count, duration } from './format.js'
import { dataOptions } from './options.js'
import { noProgress } from './terminal.js'

const names = datasetSources.map(({ name }) => name)

export const getDatasetCommand = command({
  name: 'get-dataset <name>',
  describe: `Fetch a published data set (${names.join(', ')}) from its official address, check and unpack it`,
  positionals: { name: { type: 'string', demandOption: true, describe: names.join(', ') } },
  options: {
    out: { type: 'string', default: 'data', describe: 'Folder in which the folder of the data set is made' },
    from: { type: 'string', describe: 'The archive, where it is on this machine already' },
    json: dataOptions.json,
    quiet: dataOptions.quiet,
  },
  examples: [
    ['get-dataset caltech-101', 'into data/caltech-101'],
    ['get-dataset flowers --from flower_photos.tgz', 'an archive that was fetched by hand'],
  ],
  async run({ name, out, from, json, quiet }, terminal) {
    const source = datasetSource(name)
    const download = quiet ? undefined : downloadDisplay(terminal)
    const unpacking = quiet ? noProgress : terminal.progress()
    const result = await getDataset(source, {
      ...{ out, from, signal: terminal.interruptible() },
      onProgress: ({ received, total }) => download?.onDownload({ file: source.file, received, total }),
      onFile: (files) => files % 100 === 0 && unpacking.update(files, source.images, 'files unpacked'),
    }).finally(() => {
      download?.stop()
      unpacking.stop()
    })
    terminal.print(json ? JSON.stringify(result) : summary(result))
    return 0
  },
})

function summary({ data, images, known, licence, seconds }: GetDatasetResult): string {
  const what = known ? 'is there already' : `unpacked in ${duration(seconds)}`
  return `${count(images)} images in ${data}, ${what}. Licence: ${licence}.\nNext: npm run codes -- --data ${quoted(data)}`
}
