// The job at work, followed in every window; what a job may have changed is asked for again when it ends.
import { type InvalidateQueryFilters, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { api, type Job, type JobRequest } from './api'
import { useMessages } from './messages'

interface Jobs {
  job: Job | null
  busy: boolean // at work or paused: nothing else can begin
  start: (request: JobRequest) => Promise<void>
  pause: () => Promise<void>
  resume: () => Promise<void>
  dismiss: () => Promise<void>
}

const Context = createContext<Jobs | null>(null)

// What is asked for again after a change: not the list that somebody is reviewing, which stays as it is.
export const butReview: InvalidateQueryFilters = { predicate: (query) => query.queryKey[0] !== 'review' }

export const isAtWork = (job: Job | null) => job?.state === 'running' || job?.state === 'pausing'

export function JobProvider({ children }: { children: ReactNode }) {
  const [job, setJob] = useState<Job | null>(null)
  const { attempt } = useMessages()
  const queries = useQueryClient()
  const last = useRef<Job | null>(null)

  useEffect(() => {
    let events: EventSource | null = null
    // A browser has six connections to a server: windows that nobody sees hold none of them.
    const follow = () => {
      events?.close()
      events = document.hidden ? null : new EventSource('/api/job/events')
      if (events) events.onmessage = (event: MessageEvent<string>) => setJob(JSON.parse(event.data) as Job | null)
    }
    follow()
    document.addEventListener('visibilitychange', follow)
    return () => {
      document.removeEventListener('visibilitychange', follow)
      events?.close()
    }
  }, [])

  useEffect(() => {
    const ended = isAtWork(last.current) || (last.current !== null && last.current.number !== job?.number)
    if (ended && !isAtWork(job)) void queries.invalidateQueries(butReview)
    last.current = job
  }, [job, queries])

  const value = useMemo<Jobs>(() => {
    const doing = async (work: () => Promise<Job | void>) => {
      await attempt(async () => setJob((await work()) ?? null))
    }
    return {
      job,
      busy: isAtWork(job) || job?.state === 'paused',
      start: (request) => doing(() => api.startJob(request)),
      pause: () => doing(api.pauseJob),
      resume: () => doing(api.resumeJob),
      dismiss: () => doing(api.dismissJob),
    }
  }, [job, attempt])
  return <Context.Provider value={value}>{children}</Context.Provider>
}

export function useJobs(): Jobs {
  const jobs = useContext(Context)
  if (!jobs) throw new Error('no JobProvider')
  return jobs
}
