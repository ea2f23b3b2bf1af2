// What every answer carries, whoever gives it: a route, a refusal, or the server before it has read
// the request.
export const commonHeaders = {
  // Nobody is to guess that what a tool wrote is a page.
  'x-content-type-options': 'nosniff',
  // Answers are about one caller, and about now.
  'cache-control': 'no-store',
} as const
