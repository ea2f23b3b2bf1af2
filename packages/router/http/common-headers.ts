// What every answer carries, whoever gives it: a route, a refusal, or the server before it has read
// the request.
export const commonHeaders = {
  // Nobody is to guess that what a tool wrote is a page.
  'x-content-type-options': 'nosniff',
  // No other page holds it in a frame, to have somebody press what they do not see. Pages say more.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  // Answers are about one caller, and about now.
  'cache-control': 'no-store',
} as const
