import Database from 'better-sqlite3'
import { attempt } from '../base/attempt.js'
import { isGone, processName } from '../base/process-name.js'
import { cachePaths } from './paths.js'

/** Milliseconds between two signs of life, and after how many without one a process counts as dead. */
const beat = 5_000
const expiry = 30_000

/**
 * What keeps processes that share a cache from computing the same code at the same time: who computes an image holds its lease
 * until the code is in the catalog (`CodeTable.commit` ends it) or the image was refused. A process that dies loses its leases: at
 * once where that can be seen, else when its signs of life have failed to come for half a minute.
 *
 * Leases need not outlive a power cut, so they have a connection of their own whose commits do not wait for the disk.
 */
export class Leases {
  readonly #db: Database.Database
  readonly #name = processName()
  readonly #timer: NodeJS.Timeout

  private constructor(db: Database.Database) {
    this.#db = db
    this.#beat()
    this.#timer = setInterval(() => this.#beat(), beat).unref()
  }

  /** Opens the leases of a cache folder that has a catalog. */
  static open(cache: string): Leases {
    const db = new Database(cachePaths(cache).catalog, { timeout: 30_000 })
    db.pragma('synchronous = NORMAL')
    db.pragma('foreign_keys = ON')
    return new Leases(db)
  }

  /** Takes the leases of images (sha256 in hex) that no living process holds, and tells which are held now by this one. */
  take(fingerprint: string, images: readonly string[]): Set<string> {
    const holder = this.#db.prepare<[string, Buffer], { id: number; name: string; heartbeat: number }>(
      `SELECT worker.id, worker.name, worker.heartbeat FROM lease JOIN worker ON worker.id = lease.worker
       WHERE lease.fingerprint = ? AND lease.image = ?`,
    )
    const insert = this.#db.prepare('INSERT INTO lease (fingerprint, image, worker) VALUES (?, ?, ?)')
    const take = this.#db.transaction(() => {
      const own = this.#ownId()
      return images.filter((hex) => {
        const image = Buffer.from(hex, 'hex')
        const held = holder.get(fingerprint, image)
        if (held?.id === own) return true
        if (held && !isDead(held)) return false
        if (held) this.#remove(held.id)
        insert.run(fingerprint, image, own)
        return true
      })
    })
    return new Set(images.length === 0 ? [] : take.immediate())
  }

  /** Tells whether another living process holds the lease of an image. */
  isElsewhere(fingerprint: string): (image: string) => boolean {
    const holder = this.#db.prepare<[string, Buffer], { name: string; heartbeat: number }>(
      `SELECT worker.name, worker.heartbeat FROM lease JOIN worker ON worker.id = lease.worker
       WHERE lease.fingerprint = ? AND lease.image = ?`,
    )
    return (image) => {
      const held = holder.get(fingerprint, Buffer.from(image, 'hex'))
      return held !== undefined && held.name !== this.#name && !isDead(held)
    }
  }

  /** Gives leases back whose images give no code; one that another process has taken over is left to it. */
  release(fingerprint: string, images: readonly string[]): void {
    if (images.length === 0) return
    const remove = this.#db.prepare(
      'DELETE FROM lease WHERE fingerprint = ? AND image = ? AND worker = (SELECT id FROM worker WHERE name = ?)',
    )
    const release = this.#db.transaction(() => {
      for (const image of images) remove.run(fingerprint, Buffer.from(image, 'hex'), this.#name)
    })
    release.immediate()
  }

  /** Gives all leases back; the process goes on. Never throws, as `close`. */
  releaseAll(): void {
    const remove = this.#db.prepare('DELETE FROM lease WHERE worker = (SELECT id FROM worker WHERE name = ?)')
    attempt(() => remove.run(this.#name))
  }

  /** Gives everything back. Never throws: a full or vanished disk must not hide what went wrong before. */
  close(): void {
    clearInterval(this.#timer)
    attempt(() => this.#db.prepare('DELETE FROM worker WHERE name = ?').run(this.#name))
    this.#db.close()
  }

  /** Gives a sign of life, and takes dead processes away with their leases. Trouble shows when leases are taken. */
  #beat(): void {
    const sign = this.#db.transaction(() => {
      this.#db.prepare('UPDATE worker SET heartbeat = ? WHERE id = ?').run(Date.now(), this.#ownId())
      for (const worker of livingAndDead(this.#db)) if (worker.name !== this.#name && isDead(worker)) this.#remove(worker.id)
    })
    attempt(() => sign.immediate())
  }

  /** This process in the table; others may have taken it for dead, after a pause of the whole machine. */
  #ownId(): number {
    const id = this.#db.prepare<[string], number>('SELECT id FROM worker WHERE name = ?').pluck().get(this.#name)
    return id ?? Number(this.#db.prepare('INSERT INTO worker (name, heartbeat) VALUES (?, ?)').run(this.#name, Date.now()).lastInsertRowid)
  }

  #remove(worker: number): void {
    this.#db.prepare('DELETE FROM worker WHERE id = ?').run(worker) // its leases go with it
  }
}

/** Names of the living processes that work on a cache. */
export function livingWorkers(database: Database.Database): string[] {
  return livingAndDead(database).flatMap((worker) => (isDead(worker) ? [] : worker.name))
}

interface Worker {
  readonly id: number
  readonly name: string
  readonly heartbeat: number
}

function livingAndDead(database: Database.Database): Worker[] {
  return database.prepare<[], Worker>('SELECT id, name, heartbeat FROM worker').all()
}

function isDead({ name, heartbeat }: Pick<Worker, 'name' | 'heartbeat'>): boolean {
  return heartbeat + expiry < Date.now() || isGone(name)
}
