// How far the job is, and what came of it.
import { useQuery } from '@tanstack/react-query'
import { Button, Label, ProgressBar } from 'react-aria-components'
import { Link } from 'wouter'
import { api, type Job, type JobResult } from '../api'
import { duration } from '../format'
import { isAtWork, useJobs } from '../job'
import { useLanguage, useWords } from '../language'
import { BoxedPhoto } from './boxed-photo'
import { Sentences } from './sentences'

function share(job: Job): number | undefined {
  return job.total > 0 ? Math.min(100, (100 * job.done) / job.total) : undefined
}

// In the bar of every page, while something is at work.
export function JobBadge() {
  const words = useWords()
  const { job } = useJobs()
  if (!job || !(isAtWork(job) || job.state === 'paused')) return null
  const percent = share(job)
  return (
    <Link href="/" className="badge">
      {words.job.kind[job.request.kind]}
      {percent !== undefined && ` ${Math.floor(percent)} %`}
      {job.state === 'paused' && ` · ${words.job.paused}`}
    </Link>
  )
}

export function JobPanel() {
  const words = useWords()
  const { job, pause, resume, dismiss } = useJobs()
  if (!job) return null
  const atWork = isAtWork(job)
  return (
    <section className="card job" aria-label={words.job.kind[job.request.kind]}>
      <header>
        <h2>
          {words.job.kind[job.request.kind]}
          {job.state === 'done' && `: ${words.job.done}`}
          {job.state === 'paused' && `: ${words.job.paused}`}
        </h2>
        <span className="actions">
          {job.state === 'running' && <Button onPress={() => void pause()}>{words.job.pause}</Button>}
          {job.state === 'paused' && (
            <Button className="primary" onPress={() => void resume()}>
              {words.job.resume}
            </Button>
          )}
          <Button onPress={() => void dismiss()}>
            {atWork || job.state === 'paused' ? words.job.stop : words.job.dismiss}
          </Button>
        </span>
      </header>
      {(atWork || job.state === 'paused') && <Progress job={job} />}
      {job.state === 'running' && job.step === 'Photos' && <LatestPhoto />}
      {job.error && <p className="bad">{job.error.message}.</p>}
      {job.result && <Outcome result={job.result} kind={job.request.kind} />}
    </section>
  )
}

function Progress({ job }: { job: Job }) {
  const words = useWords()
  const percent = share(job)
  const facts = [
    words.job.of(job.done, job.total),
    job.per_second ? words.job.rate(job.per_second) : '',
    job.seconds_left ? words.job.left(duration(job.seconds_left, words)) : '',
    job.failed > 0 ? words.job.failed(job.failed) : '',
    job.state === 'pausing' ? words.job.pausing : '',
  ]
  return (
    <ProgressBar {...(percent === undefined ? { isIndeterminate: true } : { value: percent })}>
      <div className="spread">
        <Label>{words.job.step[job.step] ?? job.step}</Label>
        <span className="quiet">{facts.filter(Boolean).join(' · ')}</span>
      </div>
      <progress className="track" max={100} aria-hidden {...(percent === undefined ? {} : { value: percent })} />
      <p className="quiet path">{job.current}</p>
    </ProgressBar>
  )
}

function LatestPhoto() {
  const words = useWords()
  const latest = useQuery({
    queryKey: ['latest'],
    queryFn: async () => {
      const { photos } = await api.photos({ sort: 'added', offset: 0, limit: 1 })
      return photos[0] ? api.photo(photos[0].id) : null
    },
    refetchInterval: 2000,
  })
  if (!latest.data) return null
  return (
    <figure className="latest">
      <BoxedPhoto photo={latest.data} size={640} />
      <figcaption className="quiet">
        {words.job.latest}: {latest.data.name}
      </figcaption>
    </figure>
  )
}

function Outcome({ result, kind }: { result: JobResult; kind: Job['request']['kind'] }) {
  const words = useWords()
  const { code } = useLanguage()
  const { start } = useJobs()
  const names = (list: string[]) => new Intl.ListFormat(code).format(list)
  const changed = (result.photos_filed ?? 0) + (result.folders_created ?? 0) + (result.packs_written ?? 0) > 0
  const failed = result.failed ?? []
  const misplaced = result.misplaced ?? []
  return (
    <div className="outcome">
      {result.new_people && result.new_people.length > 0 && <p>{words.result.newPeople(names(result.new_people))}</p>}
      {result.photos !== undefined && <p>{words.result.looked(result.photos, result.unknown_faces ?? 0)}</p>}
      {kind === 'undo' ? (
        <p>{words.result.taken}</p>
      ) : (
        kind !== 'recognize' && (
          <p>
            {changed || failed.length > 0
              ? words.result.filed(result.photos_filed ?? 0, result.folders_created ?? 0, result.packs_written ?? 0)
              : misplaced.length > 0
                ? words.result.nothingNew
                : words.result.inPlace}
          </p>
        )
      )}
      {result.people_without_folder && result.people_without_folder.length > 0 && (
        <p className="warn">{words.result.noFolder(names(result.people_without_folder))}</p>
      )}
      <p className="actions">
        {(result.unknown_faces ?? 0) > 0 && (
          <Link href="/review" className="button">
            {words.result.review}
          </Link>
        )}
        {kind !== 'undo' && changed && result.run && (
          <Button onPress={() => void start({ kind: 'undo', run: result.run ?? '' })}>{words.filingPage.undo}</Button>
        )}
      </p>
      {result.people && result.people.length > 0 && <PeopleTable people={result.people} />}
      <Sentences title={words.result.kept} lines={result.kept ?? []} />
      <Sentences title={words.result.misplaced} lines={misplaced.map((one) => `${one.person}: ${one.target}`)} />
      <Sentences title={words.result.failures} lines={failed.map((one) => one.reason)} />
    </div>
  )
}

function PeopleTable({ people }: { people: NonNullable<JobResult['people']> }) {
  const words = useWords()
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.result.person}</th>
            <th scope="col">{words.result.photos}</th>
            <th scope="col">{words.result.faces}</th>
            <th scope="col">{words.result.new}</th>
            <th scope="col">{words.result.uncertain}</th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.person}>
              <th scope="row">{person.person}</th>
              <td>{person.photos}</td>
              <td>{person.faces}</td>
              <td>{person.new}</td>
              <td>{person.uncertain}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
