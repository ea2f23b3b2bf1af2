import type { Execution } from '@xerotier/protocol/api/executions.ts'
import { memo } from 'react'
import { Scroll } from '../ui/state.tsx'
import type { RowProps } from '../ui/tall-table.tsx'
import { Ago, durationText } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { RiskMark, StateMark } from './marks.tsx'
import { RowLink } from './row-link.tsx'
import { Id, Said } from './texts.tsx'

const text = words.operations

/** A row for each call. On a small screen the least is left out; it stands in the detail. */
export function OperationRows({ rows, onOpen }: { rows: readonly Execution[]; onOpen?: (id: string) => void }) {
  return (
    <Scroll label={text.title}>
      <table>
        <OperationHead />
        <tbody>
          {rows.map((row) => (
            <OperationRow key={row.id} row={row} {...(onOpen === undefined ? {} : { onOpen })} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

export const operationColumns = 9

export function OperationHead() {
  return (
    <thead>
      <tr>
        <th className="max-md:hidden">{text.id}</th>
        <th>{text.tool}</th>
        <th className="max-sm:hidden">{text.risk}</th>
        <th>{text.status}</th>
        <th className="max-md:hidden">{text.workspace}</th>
        <th className="max-lg:hidden">{text.agent}</th>
        <th className="max-2xl:hidden">{text.requester}</th>
        <th className="text-right max-md:hidden">{text.duration}</th>
        <th className="text-right">{text.started}</th>
      </tr>
    </thead>
  )
}

interface RowOptions extends Partial<RowProps> {
  row: Execution
  onOpen?: (id: string) => void
}

/** Drawn again when it is another. */
export const OperationRow = memo(function OperationRow({ row, onOpen, ...props }: RowOptions) {
  return (
    <tr className="hover:bg-raised" {...props}>
      <td className="max-md:hidden">
        <Id id={row.id} short what={text.id} />
      </td>
      <td className="min-w-[9rem]">
        <RowLink
          path={`operations/${encodeURIComponent(row.id)}`}
          className="font-medium break-words"
          onOpen={onOpen === undefined ? undefined : () => onOpen(row.id)}
        >
          <Said>{row.tool}</Said>
        </RowLink>
        <span className="block text-[12px] break-all text-soft md:hidden">
          <Said>{row.workspace}</Said>
        </span>
      </td>
      <td className="max-sm:hidden">
        <RiskMark risk={row.risk} />
      </td>
      <td>
        <StateMark state={row.state} />
      </td>
      <td className="max-w-40 truncate max-md:hidden" title={row.workspace}>
        <Said>{row.workspace}</Said>
      </td>
      <td className="max-w-40 truncate max-lg:hidden" title={row.agent ?? undefined}>
        {row.agent === null ? '–' : <Said>{row.agent}</Said>}
      </td>
      <td className="max-2xl:hidden">
        <Said>{row.requested_by_name ?? row.requested_by}</Said>
      </td>
      <td className="text-right whitespace-nowrap tabular-nums max-md:hidden">
        {row.duration_ms === null ? '–' : durationText(row.duration_ms)}
      </td>
      <td className="text-right tabular-nums">
        <Ago at={row.created_at} />
      </td>
    </tr>
  )
})
