/**
 * What a Node process that a test starts has of our own environment, and no more: settings and keys
 * of a developer's shell would be taken for the test's. `npm test` sets where compiled code and
 * temporary folders are.
 */
export function childEnvironment(): Record<'PATH' | 'TMPDIR' | 'NODE_COMPILE_CACHE', string | undefined> {
  const { PATH, TMPDIR, NODE_COMPILE_CACHE } = process.env
  return { PATH, TMPDIR, NODE_COMPILE_CACHE }
}
