import { open } from 'node:fs/promises'

/** Makes a folder's entries outlive a power cut. Windows cannot open folders, and needs it less. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(folder, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
