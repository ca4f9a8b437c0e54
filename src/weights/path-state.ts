import { stat } from 'node:fs/promises'

/** What lies at a path; `other`: a pipe, a device and the like. */
export async function pathState(path: string): Promise<'file' | 'folder' | 'other' | 'nothing'> {
  const status = await stat(path).catch(() => undefined)
  if (!status) return 'nothing'
  return status.isFile() ? 'file' : status.isDirectory() ? 'folder' : 'other'
}
