import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filledCache } from '../helpers/filled-cache.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'

const lines = (text: string) => text.replaceAll(/\d+\.\d s/g, 'TIME').split('\n')

describe('cache verify', () => {
  it('refuses a folder without codes, and a number of codes that is none', async () => {
    const cache = tempFolder()
    expect(await spawnCli(['cache', 'verify', '--cache', cache])).toEqual({
      code: 1,
      stdout: '',
      stderr: `cnn-codes: Expected codes in ${cache}, found an empty folder. Name the cache folder with --cache, or make codes with: npm run codes -- --data DIR --cache ${cache}\n`,
    })
    const { code, stderr } = await spawnCli(['cache', 'verify', '--cache', cache, '--recompute', 'all'])
    expect([code, stderr]).toEqual([2, 'cnn-codes: Expected --recompute to be a whole number above 0, got "all".\n'])
  })

  it('says that all is right, what is not and what was done, and what comes next', async () => {
    const { cache, data, codes, fingerprint } = await filledCache()
    const verify = (...args: readonly string[]) => spawnCli(['cache', 'verify', '--cache', cache, ...args])
    const well = await verify('--recompute', '50')
    expect([well.code, well.stderr]).toEqual([0, ''])
    expect(lines(well.stdout)).toEqual(
      [
        'step       time  found',
        '─────────  ────  ───────',
        ...['structure', 'checksums', 'catalog', 'recompute'].map((name) => expect.stringMatching(new RegExp(`^${name} +TIME +nothing$`))),
        '',
        '17 codes computed again: 17 equal.',
        'All right: 4 shards with 17 codes.',
        '',
      ].map((line, at) =>
        at === 0 ? expect.stringMatching(/^step +time +found$/) : at === 1 ? expect.stringMatching(/^─+ {2}─+ {2}─+$/) : line,
      ),
    )

    const [shard = ''] = readdirSync(join(codes, fingerprint))
    writeFileSync(join(codes, fingerprint, shard), '')
    writeFileSync(join(codes, 'notes\u001b.txt'), '')
    rmSync(join(data, 'a/0.png'))
    const bad = await verify('--recompute', '50')
    expect([bad.code, bad.stderr]).toEqual([1, ''])
    expect(lines(bad.stdout).slice(2)).toEqual([
      expect.stringMatching(/^structure +TIME +1 strange$/),
      expect.stringMatching(/^checksums +TIME +1 bad$/),
      expect.stringMatching(/^catalog +TIME +nothing$/),
      expect.stringMatching(/^recompute +TIME +nothing$/),
      '',
      'strange: notes?.txt: it is no file of the cache',
      `bad: ${fingerprint}/${shard}: its content is not what its name says`,
      '',
      expect.stringMatching(/^17 codes computed again: \d+ equal, \d+ that cannot be checked\.$/),
      expect.stringMatching(/^ {2}\d: its (shard is not whole|image file is gone)$/),
      expect.stringMatching(/^ {2}\d: its (shard is not whole|image file is gone)$/),
      expect.stringMatching(
        /^Whole are 3 shards with \d+ codes; the rest is NOT right\. Mend it with: npm run cache -- verify --repair --cache /,
      ),
      '',
    ])

    const json = await verify('--json', '--repair')
    expect(json.code).toBe(0)
    expect(JSON.parse(json.stdout)).toEqual({
      shards: 3,
      rows: expect.any(Number),
      bad: [{ shard: shard.slice(0, 64), reason: 'its content is not what its name says' }],
      orphans: 0,
      repaired: 1,
      steps: [
        {
          name: 'structure',
          seconds: expect.any(Number),
          problems: [{ file: 'notes\u001b.txt', kind: 'strange', reason: 'it is no file of the cache', repaired: false }],
        },
        {
          name: 'checksums',
          seconds: expect.any(Number),
          problems: [{ file: `${fingerprint}/${shard}`, kind: 'bad', reason: 'its content is not what its name says', repaired: true }],
        },
        { name: 'catalog', seconds: expect.any(Number), problems: [] },
      ],
      recomputed: null,
    })
    const again = await verify()
    expect([again.code, lines(again.stdout).at(-2)]).toEqual([0, expect.stringMatching(/^All right: 3 shards with \d+ codes\.$/)])
  })

  it('says what was repaired, and what a crash had left', async () => {
    const { cache, codes } = await filledCache()
    for (const end of ['', '-wal', '-shm']) rmSync(join(codes, `catalog.sqlite${end}`), { force: true })
    const left = await spawnCli(['cache', 'verify', '--cache', cache])
    expect([left.code, left.stdout.split('\n').at(-2)]).toEqual([
      0,
      'All right: 4 shards with 17 codes. What a crash left the next codes takes up.',
    ])
    const { stdout, code } = await spawnCli(['cache', 'verify', '--cache', cache, '--repair'])
    expect([code, stdout.split('\n').at(-2)]).toEqual([0, '4 problems repaired. Run codes again: it computes what was dropped.'])
    expect(stdout).toContain('.arrow: the catalog does not know it; the next codes takes it up (repaired)\n')
  })
})
