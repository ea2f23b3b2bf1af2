import type { Answer, Invocation } from '../../tool.ts'

/** Answers with `size` bytes: measures the path and nothing else. */
export function benchEcho({ args }: Invocation<{ size: number }>): Answer {
  return { result: { payload: 'x'.repeat(args.size) } }
}
