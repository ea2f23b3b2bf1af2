import { Heading } from '../components/heading.tsx'
import { Notice } from '../ui/state.tsx'
import { words } from '../words/en.ts'

export function Templates() {
  const { title, empty, emptyHint } = words.templates
  return (
    <>
      <Heading title={title} />
      <Notice title={empty}>
        <p>{emptyHint}</p>
      </Notice>
    </>
  )
}
