// What programs, agents and people wrote, as it is to be read: whatever is unseen in it, or turns
// it around, stands there as its code.
import { reviewed, reviewedWhole } from '@xerotier/protocol/reviewed.ts'
import { Copy } from '../ui/copy.tsx'
import { words } from '../words/en.ts'

/** On one line. */
export const Said = ({ children }: { children: string }) => <bdi>{reviewed(children)}</bdi>

export function Id({ id, short = false, what }: { id: string; short?: boolean; what: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-0.5 align-bottom">
      <code className="truncate text-[12.5px]" title={id}>
        {short ? shortId(id) : id}
      </code>
      <Copy text={id} label={words.copyOf(what)} done={words.copied} />
    </span>
  )
}

/** As xeroctl shortens them: the end, where ids of one time differ. */
function shortId(id: string): string {
  const [prefix = ''] = /^[a-z]+_(?=[0-9a-z]{16})/.exec(id) ?? []
  return prefix !== '' || /^[0-9a-f]{8}-/.test(id) ? `${prefix}…${id.slice(-8)}` : id
}

/** Arguments and results, whole. */
export function Json({ value, label }: { value: unknown; label: string }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      className="max-h-[60dvh] overflow-auto rounded-lg border border-line bg-code p-3"
    >
      <pre className="text-[12.5px] break-words whitespace-pre-wrap">{reviewedWhole(value)}</pre>
    </section>
  )
}

/** The line that does the same in a terminal. */
export function CommandLine({ line }: { line: string }) {
  return (
    <div className="flex items-start gap-1 rounded-lg border border-line bg-code py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 self-center text-[12px] break-all whitespace-pre-wrap text-soft">
        <span className="sr-only">{words.xeroctl}: </span>
        {line}
      </code>
      <Copy text={line} label={words.copyOf(words.xeroctl)} done={words.copied} />
    </div>
  )
}

/** For a POSIX shell. */
export function quoted(text: string): string {
  return /^[A-Za-z0-9_./:@=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
