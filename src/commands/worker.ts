import { command } from './command.js'
import { count, counted, duration } from './format.js'
import { positiveInteger } from './option-values.js'
import { engineOptions } from './options.js'
import { noProgress } from './terminal.js'

export const workerCommand = command({
  name: 'worker',
  describe: 'Code images that codes --queue hands out, on this machine',
  options: {
    queue: { type: 'string', demandOption: true, requiresArg: true, describe: 'Redis that codes --queue was given: redis://host:6379' },
    root: {
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: 'The folder of images as this machine sees it; nothing is read outside it',
    },
    shared: { type: 'string', requiresArg: true, describe: 'The shared location as this machine sees it [default: as codes names it]' },
    workers: {
      type: 'string',
      requiresArg: true,
      coerce: positiveInteger('workers'),
      describe: 'Threads that decode and compute [default: one per core]',
    },
    batch: {
      type: 'string',
      requiresArg: true,
      coerce: positiveInteger('batch'),
      describe: 'Images in a batch; never changes a code [default: 4 on the CPU, 32 elsewhere]',
    },
    ...engineOptions,
    idle: {
      type: 'string',
      requiresArg: true,
      coerce: positiveInteger('idle'),
      describe: 'End when there was nothing to do for so many seconds [default: never]',
    },
    json: { type: 'boolean', default: false, describe: 'One JSON object on standard output, all else on standard error' },
    quiet: { type: 'boolean', default: false, describe: 'No progress and no remarks' },
  },
  examples: [
    ['worker --queue redis://host:6379 --root /mnt/photos', 'take part until Ctrl-C, which finishes what was begun'],
    ['worker --queue rediss://host:6380 --root /data --shared /mnt/codes', 'REDIS_PASSWORD in the environment; folders named as here'],
    ['worker --queue redis://host:6379 --root /mnt/photos --idle 60', 'end a minute after the last image: for batch jobs'],
  ],
  async run({ json, quiet, ...options }, terminal) {
    const display = quiet ? noProgress : terminal.progress()
    // Not before it is needed: no other command shall wait for what a queue takes.
    const { runWorker } = await import('../distribute/run-worker.js')
    const result = await runWorker({
      ...options,
      signal: terminal.interruptible(),
      onNote: (text) => {
        if (!quiet) terminal.note(text)
      },
      onProgress: ({ leases, images, rate }) =>
        display.update(images, images, `images in ${counted(leases, 'lease')}, ${rate.toFixed(0)} images/s`),
    }).finally(() => display.stop())
    const { leases, images, refused, seconds } = result
    const bad = refused > 0 ? `, ${count(refused)} refused` : ''
    terminal.print(
      json ? JSON.stringify(result) : `${counted(images, 'image')} coded in ${counted(leases, 'lease')}${bad}, in ${duration(seconds)}.`,
    )
    return 0
  },
})
