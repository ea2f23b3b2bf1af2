/** What a power cut does to a process: nothing runs after it. */
export function die(): never {
  process.kill(process.pid, 'SIGKILL')
  // The signal is delivered before the next instruction
  // of this thread matters; never return all the same.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
}
