/**
 * What a Node process that a test starts has of our own environment, and no more: settings and keys
 * of a developer's shell would be taken for the test's. `npm test` sets where compiled code is.
 */
export function childEnvironment(): { PATH: string | undefined; NODE_COMPILE_CACHE: string | undefined } {
  return { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }
}
