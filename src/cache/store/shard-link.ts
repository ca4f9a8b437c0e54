import { existsSync, readlinkSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { attempt } from '../../base/attempt.js'
import { isInBucket } from '../../base/bucket-address.js'
import { errorCode } from '../../base/errors.js'
import { makeFolder } from '../../base/make-folder.js'

/**
 * Puts a symbolic link to a shard at a shared location into a cache folder. That of a shard in a bucket leads nowhere: it says where
 * to fetch it (`fetchShards`), whose file then takes its place. What is there already stays.
 */
export function linkShard(path: string, address: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    symlinkSync(address, path)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}

/** The address in a bucket of a shard that is not here yet; undefined where its file is here, or nothing. */
export function remoteAddress(path: string): string | undefined {
  const target = attempt(() => readlinkSync(path))
  return target !== undefined && isInBucket(target) ? target : undefined
}

/** Whether a shard is in its place: its file, or the address where it is to be had. */
export function isPlaced(path: string): boolean {
  return existsSync(path) || remoteAddress(path) !== undefined
}
