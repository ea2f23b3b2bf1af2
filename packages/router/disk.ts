import { statfs } from 'node:fs/promises'

/**
 * Of the disk that holds a folder, with what this user may still write; undefined when nobody can
 * say.
 */
export async function diskOf(folder: string): Promise<{ size_bytes: number; free_bytes: number } | undefined> {
  try {
    const { bsize, blocks, bavail } = await statfs(folder)
    return { size_bytes: bsize * blocks, free_bytes: bsize * bavail }
  } catch {
    return undefined
  }
}
