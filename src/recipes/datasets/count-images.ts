import { readdir } from 'node:fs/promises'

/** Files with an image's ending in a folder and those inside; 0 where there is no such folder. */
export async function countImages(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch((): string[] => [])
  return names.filter((name) => /\.(jpe?g|png)$/i.test(name)).length
}
