import { contextNames, type Entry, namesWithValue, pathsOf, valueCases } from './entries.ts'

export function zsh(entries: readonly Entry[]): string {
  const words = entries.map(({ path, words, flags }) => {
    const verbs = words.map(({ word, summary }) => described(word, summary))
    const options = flags.flatMap(({ names, summary }) =>
      names.filter((name) => name.startsWith('--')).map((name) => described(name, summary)),
    )
    return `    '${path.join('/')}') offers=(${verbs.join(' ')}) flags=(${options.join(' ')}) ;;`
  })
  const contexts = entries.filter((entry) => entry.contexts).map(({ path }) => path.join('/'))
  const values = valueCases(entries).map(({ patterns, offer }) => {
    const done = offer === 'contexts' ? '_xeroctl_contexts' : `compadd -- ${offer.join(' ')}`
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
    *) case $path_so_far in ${contexts.join('|')}) _xeroctl_contexts; return ;; esac
       (( $#offers )) || offers=($flags) ;;
  esac
  _describe xeroctl offers
}
_xeroctl_contexts() { compadd -- \${(f)"$(${contextNames})"} }
compdef _xeroctl xeroctl
`
}

function described(word: string, summary: string): string {
  const text = summary === '' ? word : `${word}:${summary.replace(/'/g, '').replace(/:/g, '\\:')}`
  return `'${text}'`
}
