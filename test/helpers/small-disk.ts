import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { tempFolder } from './temp-folder.js'

const mounted: string[] = []
afterAll(() => {
  for (const folder of mounted.splice(0)) spawnSync('umount', ['--lazy', folder])
})

/** Whether this process may mount file systems; where it may not, tests on full and read-only disks are skipped. */
export const canMount = (() => {
  const folder = tempFolder()
  return mount(folder, 'size=64k') && spawnSync('umount', [folder]).status === 0
})()

function mount(folder: string, options: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0
}

/** A file system of its own, in memory, of so many KiB. */
export function smallDisk(kibibytes: number) {
  const folder = tempFolder()
  if (!mount(folder, `size=${kibibytes}k`)) throw new Error('Expected to mount a file system')
  mounted.push(folder)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    /** Leaves so many bytes free. */
    fill(free = 0): void {
      const size = fillFile(ballast)
      truncateSync(ballast, Math.max(0, size - free))
    },
    empty: () => rmSync(ballast, { force: true }),
    /** Where nothing on it is open. */
    makeReadOnly(): void {
      const { status, stderr } = spawnSync('mount', ['-o', 'remount,ro', folder], { encoding: 'utf8' })
      if (status !== 0) throw new Error(stderr)
    },
  }
}

/** Writes until the disk is full; returns how much. */
function fillFile(path: string): number {
  const file = openSync(path, 'w')
  const page = new Uint8Array(4096)
  let size = 0
  try {
    for (;;) size += writeSync(file, page)
  } catch {
    return size
  } finally {
    closeSync(file)
  }
}
