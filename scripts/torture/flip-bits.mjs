/**
 * Flips bits one after the other: reads `{ cache, places: [{ file, bit, … }] }` from standard input and prints a line of JSON for
 * each place: whether verifying found the flip, and where it did not, whether it changes anything. Every file is put back.
 */
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { copyDatabase } from '../../dist/cache/schema.js'
import { verifyCache } from '../../dist/extract/verify-cache.js'
import { UserError } from '../../dist/index.js'

const { cache, places } = JSON.parse(readFileSync(0, 'utf8'))

for (const place of places) {
  const whole = readFileSync(place.file)
  const before = place.isShard ? undefined : meaning(place.file)
  const flipped = Buffer.from(whole)
  flipped[place.bit >> 3] ^= 1 << (place.bit & 7)
  writeFileSync(place.file, flipped)
  const found = await finds()
  const changes = !found && (place.isShard || meaning(place.file) !== before)
  for (const end of ['-wal', '-shm']) rmSync(`${place.file}${end}`, { force: true })
  writeFileSync(place.file, whole)
  process.stdout.write(`${JSON.stringify({ ...place, found, changes })}\n`)
}

/** Whether verifying says that something is wrong, in its result or by a message for the user. Anything else thrown is a crash. */
async function finds() {
  try {
    const { bad, orphans } = await verifyCache({ cache })
    return bad.length > 0 || orphans > 0
  } catch (error) {
    if (error instanceof UserError) return true
    throw error
  }
}

/** A digest of all that a catalog says: its tables and their rows, each index found in agreement with them. */
function meaning(path) {
  const database = copyDatabase(path)
  try {
    const tables = database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY type, name').all()
    const rows = tables.map(({ name, sql }) =>
      sql?.startsWith('CREATE TABLE') ? database.prepare(`SELECT * FROM ${name}`).raw().all() : [],
    )
    const check = database.pragma('integrity_check')
    const version = database.pragma('user_version')
    return createHash('sha256')
      .update(JSON.stringify([tables, rows, check, version]))
      .digest('hex')
  } finally {
    database.close()
  }
}
