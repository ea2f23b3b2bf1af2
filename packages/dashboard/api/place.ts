// Where the dashboard is: a proxy may have put anything in front of `/ops/`.
const ops = new URL('.', document.baseURI)

/** Ends in `/ops`. */
export const basePath = ops.pathname.replace(/\/$/, '')
/** Of the router, without a slash at the end. */
export const root = ops.href.replace(/\/ops\/$/, '')
export const opsUrl = (path: string) => new URL(path, ops).href

const returnKey = 'xerotier-return'

/** Where somebody was going who logs in first. It is in no address: nobody else can set it. */
export function rememberPlace(): void {
  const path = location.href.slice(ops.href.length)
  if (path !== '' && !path.startsWith('login')) sessionStorage.setItem(returnKey, path)
}

/** Once. @returns below `/ops/`, without a slash at the beginning */
export function takePlace(): string {
  const path = sessionStorage.getItem(returnKey) ?? ''
  sessionStorage.removeItem(returnKey)
  return path
}
