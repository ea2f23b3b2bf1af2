import { askingFor, type Entry, type Flag, namesWithValue, pathsOf } from './entries.ts'
import type { LiveKind } from './live-kinds.ts'

export function fish(entries: readonly Entry[]): string {
  const lines = entries.flatMap(({ path, words, live, flags }) => {
    const begin = `complete -c xeroctl -n ${quote(`__xeroctl_at ${path.join(' ')}`.trim())}`
    return [
      ...words.map(({ word, summary }) => `${begin} -a ${word}${described(summary)}`),
      ...(live === undefined ? [] : [`${begin} -a ${quote(asking(live))}`]),
      ...flags.map((flag) => `${begin} ${namesIn(flag)}${described(flag.summary)}${valueIn(flag)}`),
    ]
  })
  return `# fish completion of xeroctl: xeroctl completion fish | source
function __xeroctl_at
  set -l path
  set -l previous
  for word in (commandline -opc)[2..]
    if not contains -- "$previous" ${namesWithValue(entries).join(' ')}
      and contains -- (string join -- / $path $word) ${pathsOf(entries).join(' ')}
      set -a path $word
    end
    set previous $word
  end
  test "$path" = "$argv"
end
# No argument is the name of a file.
complete -c xeroctl -f
${lines.join('\n')}
`
}

function namesIn({ names }: Flag): string {
  return names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(' ')
}

function valueIn({ value }: Flag): string {
  if (value === 'nothing') return ''
  if (value === 'anything') return ' -x'
  return ` -x -a ${quote(typeof value === 'string' ? asking(value) : value.join(' '))}`
}

function asking(kind: LiveKind): string {
  return `(${askingFor} ${kind} (commandline -opc)[2..] 2>/dev/null)`
}

function described(summary: string): string {
  return summary === '' ? '' : ` -d ${quote(summary)}`
}

function quote(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`
}
