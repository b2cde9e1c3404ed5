// The job at work, followed in every window; what a job may have changed is asked for again when it ends.
import { useQueryClient } from '@tanstack/react-query'
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

export const isAtWork = (job: Job | null) => job?.state === 'running' || job?.state === 'pausing'

export function JobProvider({ children }: { children: ReactNode }) {
  const [job, setJob] = useState<Job | null>(null)
  const { attempt } = useMessages()
  const queries = useQueryClient()
  const wasAtWork = useRef(false)

  useEffect(() => {
    const events = new EventSource('/api/job/events')
    events.onmessage = (event: MessageEvent<string>) => setJob(JSON.parse(event.data) as Job | null)
    return () => events.close()
  }, [])

  useEffect(() => {
    const atWork = isAtWork(job)
    if (wasAtWork.current && !atWork) void queries.invalidateQueries()
    wasAtWork.current = atWork
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
