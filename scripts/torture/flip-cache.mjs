import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'

/**
 * Flips single bits of a cache's shards, one at a time, and has the cache verified after each; the cache is left as it was.
 *
 * A shard is named by its content, so each flip has to be found.
 */
export async function flipShards({ cache, flips, random, verify }) {
  const codes = join(cache, 'codes-v1')
  const files = readdirSync(codes, { recursive: true }).filter((name) => name.endsWith('.arrow'))
  const contents = files.map((name) => readFileSync(join(codes, name)))
  const all = contents.reduce((sum, { length }) => sum + length, 0)
  const outcome = begin()
  for (let flip = 0; flip < flips; flip++) {
    const which = weighted(contents, Math.floor(random() * all))
    const [at, bit] = [Math.floor(random() * contents[which].length), Math.floor(random() * 8)]
    const path = join(codes, files[which])
    writeFileSync(path, flipped(contents[which], at, bit))
    await judge(outcome, { where: `${files[which]} byte ${at} bit ${bit}`, verify: () => verify(cache), isSame: () => false })
    writeFileSync(path, contents[which])
  }
  return outcome
}

/**
 * Flips single bits of a cache's catalog, one at a time, and has the cache verified after each; the cache is left as it was.
 *
 * A flip is found, or SQLite reads just the same rows and finds nothing wrong: it hit what nobody reads.
 */
export async function flipCatalog({ cache, flips, random, verify }) {
  const path = join(cache, 'codes-v1', 'catalog.sqlite')
  const restore = (bytes) => {
    for (const end of ['-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
    writeFileSync(path, bytes)
  }
  const content = readFileSync(path)
  const before = logicalContent(path)
  const outcome = begin()
  for (let flip = 0; flip < flips; flip++) {
    const [at, bit] = [Math.floor(random() * content.length), Math.floor(random() * 8)]
    restore(flipped(content, at, bit))
    await judge(outcome, {
      where: `catalog byte ${at} bit ${bit}`,
      verify: () => verify(cache),
      isSame: () => logicalContent(path) === before,
    })
  }
  restore(content)
  return outcome
}

/** found: told by verify; refused: the catalog was not opened, with a message; harmless: nothing that is read has changed. */
const begin = () => ({ found: 0, refused: 0, harmless: 0, missed: [], crashed: [] })

async function judge(outcome, { where, verify, isSame }) {
  try {
    const { bad } = await verify()
    if (bad.length > 0) outcome[bad.some(({ reason }) => reason.startsWith('Expected ')) ? 'refused' : 'found']++
    else if (isSame()) outcome.harmless++
    else outcome.missed.push(where)
  } catch (error) {
    if (error.name === 'UserError') outcome.refused++
    else outcome.crashed.push(`${where}: ${error.stack}`)
  }
}

/** Which of several files holds byte `at` of all of them. */
function weighted(contents, at) {
  let before = 0
  return contents.findIndex(({ length }) => {
    before += length
    return at < before
  })
}

function flipped(bytes, at, bit) {
  const copy = Buffer.from(bytes)
  copy[at] ^= 1 << bit
  return copy
}

/** Everything that a database says: its schema and version, all rows of all tables, and whether SQLite finds it whole. */
function logicalContent(path) {
  const database = new Database(path)
  try {
    const schema = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').raw().all()
    const tables = schema.filter(([type]) => type === 'table').map(([, name]) => name)
    const rows = tables.map((name) => database.prepare(`SELECT * FROM "${name}"`).raw().all().map(rowText).sort())
    return JSON.stringify([schema, rows, database.pragma('user_version'), database.pragma('integrity_check')])
  } finally {
    database.close()
  }
}

const rowText = (row) => JSON.stringify(row.map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : value)))
