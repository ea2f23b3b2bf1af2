// The same call for a terminal, for a script, and for somebody else to look at.
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { useClient } from '../api/client.ts'
import { opsUrl } from '../api/place.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy.tsx'
import { save } from '../ui/save.ts'
import { words } from '../words/en.ts'
import { quoted } from './texts.tsx'

const text = words.operation

export function CopyCall({ call }: { call: ExecutionDetail }) {
  const client = useClient()
  const { workspace, tool, args, reason } = call
  const curl = () => {
    const {
      method,
      url,
      body = '',
    } = client.plan('invocations.submit', {
      body: { workspace, tool, args, ...(reason === null ? {} : { reason }) },
    })
    // The key comes from a file: a process list shows what stands here.
    const headers = `-H @key.txt -H 'Content-Type: application/json' -H "Idempotency-Key: $(uuidgen)"`
    return `curl -sS -X ${method} ${headers} -d ${quoted(body)} ${quoted(url)}`
  }
  const xeroctl = () => {
    const because = reason === null ? '' : ` --reason ${quoted(reason)}`
    return `xeroctl exec invoke ${quoted(tool)} --workspace ${quoted(workspace)} --args ${quoted(JSON.stringify(args))}${because}`
  }
  return (
    <>
      <CopyButton text={xeroctl} done={words.copied}>
        {text.copyXeroctl}
      </CopyButton>
      <CopyButton text={curl} done={words.copied}>
        {text.copyCurl}
      </CopyButton>
      <CopyButton text={() => opsUrl(`operations/${call.id}`)} done={words.copied}>
        {text.copyLink}
      </CopyButton>
      <Button
        look="quiet"
        onClick={() =>
          save(new Blob([`${JSON.stringify(call, null, 2)}\n`], { type: 'application/json' }), `${call.id}.json`)
        }
      >
        {text.downloadJson}
      </Button>
    </>
  )
}
