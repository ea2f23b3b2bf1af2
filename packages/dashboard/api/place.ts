// Where the dashboard is: a proxy may have put anything in front of `/ops/`.
const ops = new URL('.', document.baseURI)

/** Ends in `/ops`. */
export const basePath = ops.pathname.replace(/\/$/, '')
/** Of the router, without a slash at the end. */
export const root = ops.href.replace(/\/ops\/$/, '')
export const opsUrl = (path: string) => new URL(path, ops).href
