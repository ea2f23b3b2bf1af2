// Completion scripts, derived from the commands. They are static: pressing Tab must not start a process or ask a router.
import type { Command, Group } from './command.ts'
import { globalOptions } from './globals.ts'
import { flagOf, type Option, type Options } from './options.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

interface Entry {
  /** Words after `xeroctl`. */
  path: readonly string[]
  words: readonly { word: string; summary: string }[]
  options: readonly { flag: string; option: Option<unknown> }[]
}

export function completionScript(shell: Shell, members: readonly (Command | Group)[]): string {
  const entries = entriesOf([], members, globalOptions)
  return shell === 'fish' ? fish(entries) : shell === 'bash' ? bash(entries) : zsh(entries)
}

function entriesOf(path: readonly string[], members: readonly (Command | Group)[], options: Options): Entry[] {
  const words = members.map((member) => ({ word: member.name, summary: member.summary }))
  const own = { path, words, options: flagsOf({ ...options, ...globalOptions }) }
  const inner = members.flatMap((member) => {
    const below = [...path, member.name]
    return member.kind === 'group'
      ? entriesOf(below, member.members, bareOptions(member))
      : entriesOf(below, [], member.options)
  })
  return [own, ...inner]
}

function bareOptions(group: Group): Options {
  if (group.bare === undefined) return {}
  const { list, show, actions } = group.bare
  const flags = Object.entries(actions).map(([key, action]) => [
    key,
    { summary: action.summary, placeholder: undefined, aliases: [], parse: () => undefined },
  ])
  const options = [list, show, ...Object.values(actions)].map((member) => member.options)
  return Object.assign({}, ...options, Object.fromEntries(flags))
}

function flagsOf(options: Options): Entry['options'] {
  return Object.entries(options).map(([key, option]) => ({ flag: flagOf(key), option }))
}

function bash(entries: readonly Entry[]): string {
  const cases = entries.map(({ path, words, options }) => {
    const all = [...words.map(({ word }) => word), ...options.map(({ flag }) => flag)]
    return `    "${path.join(' ')}") words="${all.join(' ')}" ;;`
  })
  return `# bash completion of xeroctl: source <(xeroctl completion bash)
_xeroctl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word
  case "$previous" in
${choiceCases(entries, (choices) => `COMPREPLY=($(compgen -W "${choices}" -- "$current")); return`)}
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " ${pathsOf(entries).join(' ')} " in
      *" \${path:+\${path}/}\${word} "*) path="\${path:+\${path}/}\${word}" ;;
    esac
  done
  case "\${path//\\// }" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _xeroctl xeroctl
`
}

function zsh(entries: readonly Entry[]): string {
  const cases = entries.map(({ path, words, options }) => {
    const all = [
      ...words.map(({ word, summary }) => `${word}:${summary}`),
      ...options.map(({ flag, option }) => `${flag}:${option.summary}`),
    ].map((text) => `'${text.replace(/'/g, '').replace(/(?<=:.*):/g, '\\:')}'`)
    return `    '${path.join(' ')}') offers=(${all.join(' ')}) ;;`
  })
  return `#compdef xeroctl
# zsh completion of xeroctl: source <(xeroctl completion zsh)
_xeroctl() {
  local path_so_far='' word; local -a words_before offers
  words_before=("\${(@)words[2,CURRENT-1]}")
  case "\${words_before[-1]}" in
${choiceCases(entries, (choices) => `compadd ${choices}; return`)}
  esac
  for word in $words_before; do
    case ' ${pathsOf(entries).join(' ')} ' in
      *" \${path_so_far:+$path_so_far/}$word "*) path_so_far="\${path_so_far:+$path_so_far/}$word" ;;
    esac
  done
  case "\${path_so_far//\\// }" in
${cases.join('\n')}
  esac
  _describe xeroctl offers
}
compdef _xeroctl xeroctl
`
}

function fish(entries: readonly Entry[]): string {
  const quote = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`
  const lines = entries.flatMap(({ path, words, options }) => {
    const condition = quote(`__xeroctl_at ${path.join(' ')}`.trim())
    return [
      ...words.map(({ word, summary }) => `complete -c xeroctl -f -n ${condition} -a ${word} -d ${quote(summary)}`),
      ...options.map(({ flag, option }) => {
        const value =
          option.placeholder === undefined
            ? ''
            : option.choices === undefined
              ? ' -r'
              : ` -x -a ${quote(option.choices.join(' '))}`
        return `complete -c xeroctl -n ${condition} -l ${flag.slice(2)} -d ${quote(option.summary)}${value}`
      }),
    ]
  })
  return `# fish completion of xeroctl: xeroctl completion fish | source
function __xeroctl_at
  set -l path
  for word in (commandline -opc)[2..]
    if contains -- (string join -- / $path $word) ${pathsOf(entries).join(' ')}
      set -a path $word
    end
  end
  test "$path" = "$argv"
end
${lines.join('\n')}
`
}

/** `agents agents/join-keys …`: how far the words typed so far lead. */
function pathsOf(entries: readonly Entry[]): string[] {
  return entries.filter(({ path }) => path.length > 0).map(({ path }) => path.join('/'))
}

function choiceCases(entries: readonly Entry[], body: (choices: string) => string): string {
  const seen = new Map<string, string>()
  for (const { options } of entries) {
    for (const { flag, option } of options) {
      if (option.choices === undefined) continue
      const flags = option.short === undefined ? flag : `${flag}|-${option.short}`
      seen.set(flags, [...new Set([...(seen.get(flags)?.split(' ') ?? []), ...option.choices])].join(' '))
    }
  }
  return [...seen].map(([flags, choices]) => `    ${flags}) ${body(choices)} ;;`).join('\n')
}
