/**
 * How long a test waits for what must come. No test passes by it, so it is long: a machine that is
 * busy with other things may take that.
 */
export const patienceMs = 60_000
