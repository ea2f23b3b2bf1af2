import { askingFor, type Entry, namesOf, namesWithValue, pathsOf, valueCases } from './entries.ts'

export function bash(entries: readonly Entry[]): string {
  const words = entries.map((entry) => {
    const verbs = entry.words.map(({ word }) => word).join(' ')
    return `    '${entry.path.join('/')}') words="${verbs}" flags="${namesOf(entry).join(' ')}" ;;`
  })
  const live = entries.flatMap(({ path, live }) =>
    live === undefined ? [] : [`        '${path.join('/')}') _xeroctl_live ${live} ;;`],
  )
  const values = valueCases(entries).map(({ patterns, offer }) => {
    const done = typeof offer === 'string' ? `_xeroctl_live ${offer}; return` : `words="${offer.join(' ')}"`
    return `    ${patterns.join('|')}) ${done} ;;`
  })
  const valued = namesWithValue(entries)
  return `# bash completion of xeroctl: source <(xeroctl completion bash)
_xeroctl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="" path="" words="" flags="" word
  COMPREPLY=()
  # --output=json arrives as three words.
  [ "$current" = "=" ] && current=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [ "$word" = "=" ] && continue
    case "$previous" in
      ${valued.join('|')}) ;;
      *) case " ${pathsOf(entries).join(' ')} " in
        *" \${path:+\${path}/}\${word} "*) path="\${path:+\${path}/}\${word}" ;;
      esac ;;
    esac
    previous="$word"
  done
  case "$path $previous" in
${values.join('\n')}
    ${valued.map((name) => `*' ${name}'`).join('|')}) return ;;
    *) case "$path" in
${words.join('\n')}
    esac
    case "$current" in
      -*) words="$flags" ;;
      *) case "$path" in
${live.join('\n')}
        *) words="\${words:-$flags}" ;;
      esac ;;
    esac ;;
  esac
  COMPREPLY+=($(compgen -W "$words" -- "$current"))
}
_xeroctl_live() {
  local name
  while IFS=$'\\t' read -r name _; do
    # Not by compgen -W, which would run what a name holds.
    case "$name" in "$current"*) printf -v name %q "$name"; COMPREPLY+=("$name") ;; esac
  done < <(${askingFor} "$1" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}
complete -F _xeroctl xeroctl
`
}
