const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `17 B`, `1.4 MiB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let at = 0
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024
    at += 1
  }
  return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[at]}`
}
