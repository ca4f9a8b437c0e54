import { once } from 'node:events'
import { oneLine } from '../base/one-line.js'
import { defaults } from '../bundle/serve/serve-options.js'
import { command } from './command.js'
import { count } from './format.js'
import { byteSize, nonNegative, positiveInteger, positiveNumber, repeated, wholeNumber } from './option-values.js'
import { dataOptions, engineOptions } from './options.js'

export const serveCommand = command({
  name: 'serve <bundle>',
  describe: 'Answer with the predictions of a bundle over HTTP, and a page to drop images on, until Ctrl-C',
  positionals: { bundle: { type: 'string', demandOption: true, describe: 'Name of a head in the cache, or folder of a bundle' } },
  options: {
    cache: dataOptions.cache,
    host: { type: 'string', default: defaults.host, describe: 'Address to listen at; beyond the loopback a --token-file is needed' },
    port: {
      type: 'string',
      default: String(defaults.port),
      coerce: wholeNumber('port'),
      describe: 'Port to listen at; 0: one that is free',
    },
    'token-file': { type: 'string', describe: 'File with a token; requests must bear it' },
    'allowed-host': {
      type: 'string',
      coerce: repeated('allowed-host'),
      describe: 'Name under which it may be asked for, beside localhost and its address; may repeat',
    },
    abstain: { type: 'string', coerce: nonNegative('abstain'), describe: 'Tell no label where its probability is below [default: 0]' },
    'max-body': { type: 'string', default: '20MB', coerce: byteSize('max-body'), describe: 'Largest body of a request' },
    'pixel-limit': {
      type: 'string',
      default: String(defaults.pixelLimit),
      coerce: positiveInteger('pixel-limit'),
      describe: 'Refuse images of more pixels',
    },
    timeout: {
      type: 'string',
      default: String(defaults.timeout),
      coerce: positiveNumber('timeout'),
      describe: 'Seconds for a request to come whole, and then for its answer',
    },
    queue: {
      type: 'string',
      default: String(defaults.queue),
      coerce: positiveInteger('queue'),
      describe: 'Most images that wait for a thread; beyond it the answer is 503',
    },
    batch: {
      type: 'string',
      coerce: positiveInteger('batch'),
      describe: 'Images in a run of the network [default: 4 on the CPU, 32 elsewhere]',
    },
    workers: { type: 'string', coerce: positiveInteger('workers'), describe: 'Threads that decode and compute [default: one per core]' },
    ...engineOptions,
    json: { type: 'boolean', default: false, describe: 'The address as a JSON object on standard output' },
    quiet: { type: 'boolean', default: false, describe: 'No line for each request' },
  },
  examples: [
    ['serve pets', 'the head named pets, at http://127.0.0.1:8080/'],
    ['serve pets --port 0 --json', 'at a port that is free, told as JSON'],
    ['serve pets --host 0.0.0.0 --token-file token.txt --allowed-host pets.example.org', 'for other machines'],
    ['serve pets --abstain 0.8', 'no label where it is less than 80 % sure'],
  ],
  async run({ json, quiet, ...args }, terminal) {
    const { serveBundle } = await import('../bundle/serve/serve-bundle.js') // slow to load: other commands need not wait
    const signal = terminal.interruptible()
    const server = await serveBundle({
      ...args,
      signal,
      tokenFile: args['token-file'],
      allowedHosts: args['allowed-host'],
      maxBody: args['max-body'],
      pixelLimit: args['pixel-limit'],
      onLine: quiet ? undefined : terminal.note,
    })
    const { url, name, classes } = server
    terminal.print(json ? JSON.stringify({ url, name, classes }) : `Serving ${oneLine(name)} (${count(classes)} classes) at ${url}`)
    if (!signal.aborted) await once(signal, 'abort')
    await server.close()
    return 0
  },
})
