// The settings, and the state that depends on them.
import { useQuery } from '@tanstack/react-query'
import { api } from './api'

export const useSettings = () => useQuery({ queryKey: ['settings'], queryFn: api.settings }).data

export const useSetting = (name: string) => useSettings()?.find((setting) => setting.name === name)

// What is known of the library as a whole; asked for again and again while something is at work.
export const useLibraryState = (isAtWork = false) =>
  useQuery({ queryKey: ['state'], queryFn: api.state, refetchInterval: isAtWork ? 3000 : false })
