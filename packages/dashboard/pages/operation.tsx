import { getRouteApi } from '@tanstack/react-router'
import { Heading } from '../components/heading.tsx'
import { OperationView } from '../components/operation-view.tsx'
import { words } from '../words/en.ts'

const route = getRouteApi('/frame/operations/$id')

export function Operation() {
  const { id } = route.useParams()
  return (
    <>
      <Heading title={words.operation.title} />
      <OperationView id={id} />
    </>
  )
}
