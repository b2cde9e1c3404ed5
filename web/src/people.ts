// Everybody known, by number.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, type Person } from './api'
import { useJobs } from './job'
import { useMessages } from './messages'

export function usePeople() {
  const { data, isPending } = useQuery({ queryKey: ['people'], queryFn: api.people })
  return useMemo(() => {
    const people: Person[] = data ?? []
    const byId = new Map(people.map((person) => [person.id, person]))
    return { people, isPending, nameOf: (id: number) => byId.get(id)?.name ?? '' }
  }, [data, isPending])
}

// Makes photos references of a person, tells of one that can't be, and has everybody recognised anew.
export function useAddPhotos() {
  const queries = useQueryClient()
  const { attempt } = useMessages()
  const { start, busy } = useJobs()
  return async (person: number, photos: File[]) => {
    let added = 0
    for (const photo of photos) {
      if (await attempt(() => api.addPersonPhoto(person, photo))) added += 1
    }
    await queries.invalidateQueries()
    if (added > 0 && !busy) await start({ kind: 'recognize' })
  }
}
