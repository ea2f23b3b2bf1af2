// What a call has left. Whatever it is, it is shown as text, as a picture, or in a frame of an
// origin of its own in which nothing runs: a tool may have written it, or whoever wrote what the
// tool has read.
import { useQuery } from '@tanstack/react-query'
import type { Artifact } from '@xerotier/protocol/api/executions.ts'
import { reviewedLines } from '@xerotier/protocol/reviewed.ts'
import { useEffect, useState } from 'react'
import { useClient } from '../api/client.ts'
import { artifactShownBytes } from '../api/protocol.data.ts'
import { artifactQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { bytesText } from '../ui/bytes.ts'
import { Dialog } from '../ui/dialog.tsx'
import { save } from '../ui/save.ts'
import { Section } from '../ui/state.tsx'
import { words } from '../words/en.ts'
import { Answer } from './asked.tsx'
import { CommandLine, quoted, Said } from './texts.tsx'

const text = words.operation

export function Artifacts({ call, artifacts }: { call: string; artifacts: readonly Artifact[] }) {
  const [open, setOpen] = useState<Artifact>()
  if (artifacts.length === 0) return null
  return (
    <Section title={text.artifacts}>
      <ul className="card divide-y divide-line">
        {artifacts.map((artifact) => (
          <li key={artifact.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <span className="min-w-0 font-medium break-all">
              <Said>{artifact.name}</Said>
            </span>
            <span className="text-[12.5px] text-soft">
              <Said>{artifact.media_type}</Said> · {bytesText(artifact.bytes)}
            </span>
            <Button className="ml-auto" onClick={() => setOpen(artifact)}>
              {text.openArtifact}
            </Button>
          </li>
        ))}
      </ul>
      {open !== undefined && <View call={call} artifact={open} close={() => setOpen(undefined)} />}
    </Section>
  )
}

function View({ call, artifact, close }: { call: string; artifact: Artifact; close: () => void }) {
  const isSmall = artifact.bytes <= artifactShownBytes
  const asked = useQuery({ ...artifactQuery(useClient(), call, artifact.id), enabled: isSmall })
  return (
    <Dialog title={<Said>{artifact.name}</Said>} wide closeLabel={words.close} onClose={close}>
      <div className="grid gap-4">
        {isSmall ? (
          <Answer asked={asked}>{(bytes) => <Content artifact={artifact} bytes={bytes} />}</Answer>
        ) : (
          <p>{text.artifactLarge(bytesText(artifactShownBytes))}</p>
        )}
        <CommandLine line={`xeroctl artifacts get ${call} ${quoted(artifact.name)}`} />
      </div>
    </Dialog>
  )
}

const pictures: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']

function Content({ artifact: { name, media_type }, bytes }: { artifact: Artifact; bytes: Uint8Array<ArrayBuffer> }) {
  const [type = ''] = media_type.toLowerCase().split(';')
  const isMarkup = type === 'text/html' || type === 'image/svg+xml'
  const [asMarkup, setAsMarkup] = useState(isMarkup)
  const download = () => save(new Blob([bytes], { type: 'application/octet-stream' }), name)
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        {isMarkup && (
          <Button aria-pressed={asMarkup} onClick={() => setAsMarkup(!asMarkup)}>
            {text.rendered}
          </Button>
        )}
        <Button onClick={download}>{text.download}</Button>
        {asMarkup && <span className="text-[12.5px] text-soft">{text.renderedHint}</span>}
      </div>
      {asMarkup || pictures.includes(type) ? (
        <Drawn bytes={bytes} type={type} name={name} framed={asMarkup} />
      ) : (
        <PlainText bytes={bytes} label={name} />
      )}
    </div>
  )
}

/**
 * An empty `sandbox` is an opaque origin without scripts, forms and windows. The policy of this
 * page holds in it too.
 */
function Drawn({
  bytes,
  type,
  name,
  framed,
}: {
  bytes: Uint8Array<ArrayBuffer>
  type: string
  name: string
  framed: boolean
}) {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [bytes, type])
  if (url === undefined) return null
  return framed ? (
    <iframe src={url} sandbox="" title={name} className="h-[60dvh] w-full rounded-lg border border-line bg-white" />
  ) : (
    <img src={url} alt={name} className="max-h-[70dvh] max-w-full justify-self-center rounded-lg border border-line" />
  )
}

function PlainText({ bytes, label }: { bytes: Uint8Array; label: string }) {
  const shown = readable(bytes)
  if (shown === undefined) return <p className="text-soft">{text.artifactBinary}</p>
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      className="max-h-[60dvh] overflow-auto rounded-lg border border-line bg-code p-3"
    >
      <pre className="text-[12.5px] break-words whitespace-pre-wrap">
        {shown.split('\t').map(reviewedLines).join('\t')}
      </pre>
    </section>
  )
}

/** Undefined for what is no text. */
function readable(bytes: Uint8Array): string | undefined {
  try {
    const decoded = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return decoded.includes('\0') ? undefined : decoded
  } catch {
    return undefined
  }
}
