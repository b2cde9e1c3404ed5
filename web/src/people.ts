// Everybody known, by number.
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, type Person } from './api'

export function usePeople() {
  const { data, isPending } = useQuery({ queryKey: ['people'], queryFn: api.people })
  return useMemo(() => {
    const people: Person[] = data ?? []
    const byId = new Map(people.map((person) => [person.id, person]))
    return { people, isPending, nameOf: (id: number) => byId.get(id)?.name ?? '' }
  }, [data, isPending])
}
