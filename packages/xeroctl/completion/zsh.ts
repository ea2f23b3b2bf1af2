import { askingFor, type Entry, namesWithValue, pathsOf, valueCases } from './entries.ts'

export function zsh(entries: readonly Entry[]): string {
  const words = entries.map(({ path, words, flags }) => {
    const verbs = words.map(({ word, summary }) => described(word, summary))
    const options = flags.flatMap(({ names, summary }) =>
      names.filter((name) => name.startsWith('--')).map((name) => described(name, summary)),
    )
    return `    '${path.join('/')}') offers=(${verbs.join(' ')}) flags=(${options.join(' ')}) ;;`
  })
  const live = entries.flatMap(({ path, live }) =>
    live === undefined ? [] : [`      '${path.join('/')}') _xeroctl_live ${live} ;;`],
  )
  const values = valueCases(entries).map(({ patterns, offer }) => {
    const done = typeof offer === 'string' ? `_xeroctl_live ${offer}` : `compadd -- ${offer.join(' ')}`
    return `    ${patterns.join('|')}) ${done}; return ;;`
  })
  const valued = namesWithValue(entries)
  return `#compdef xeroctl
# zsh completion of xeroctl: source <(xeroctl completion zsh)
_xeroctl() {
  local path_so_far='' previous='' word; local -a offers flags
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case $previous in
      ${valued.join('|')}) ;;
      *) case ' ${pathsOf(entries).join(' ')} ' in
        *" \${path_so_far:+$path_so_far/}$word "*) path_so_far="\${path_so_far:+$path_so_far/}$word" ;;
      esac ;;
    esac
    previous=$word
  done
  case "$path_so_far $previous" in
${values.join('\n')}
    ${valued.map((name) => `*' ${name}'`).join('|')}) return ;;
  esac
  case $path_so_far in
${words.join('\n')}
  esac
  case $words[CURRENT] in
    -*) offers=($flags) ;;
    *) case $path_so_far in
${live.join('\n')}
      *) (( $#offers )) || offers=($flags) ;;
      esac ;;
  esac
  (( $#offers )) && _describe xeroctl offers
}
_xeroctl_live() {
  local line; local -a found
  for line in "\${(@f)$(${askingFor} $1 "\${(@)words[2,CURRENT-1]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( $#found )) && _describe xeroctl found
}
compdef _xeroctl xeroctl
`
}

function described(word: string, summary: string): string {
  const text = summary === '' ? word : `${word}:${summary.replace(/'/g, '').replace(/:/g, '\\:')}`
  return `'${text}'`
}
