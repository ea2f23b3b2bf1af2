import type { Parsed } from './parse.ts'

export interface CommentLine {
  path: string
  line: number
  columns: number
  text: string
}

/** Each line that a comment stands on, with the column where it ends. */
export function commentLinesOf({ path, text, comments, lineAt }: Parsed): CommentLine[] {
  const lines = text.split('\n')
  return comments.flatMap(({ start, end }) => {
    const [first, last] = [lineAt(start), lineAt(end)]
    return lines
      .slice(first - 1, last)
      .map((content, index) => ({ path, line: first + index, columns: content.length, text: content }))
  })
}
