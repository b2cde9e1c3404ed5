// Folders per person, the plan before anything happens, and what was done, to be taken back.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from 'react-aria-components'
import { api, type Plan, type Run } from '../api'
import { bytes, moment } from '../format'
import { useJobs } from '../job'
import { useLanguage } from '../language'
import { FolderField } from '../parts/folder-field'
import { JobPanel } from '../parts/job-panel'
import { Confirm } from '../parts/modal'
import { Sentences } from '../parts/sentences'
import { useSetting } from '../settings'

export function FilingPage() {
  const { words } = useLanguage()
  const people = useSetting('people')
  return (
    <div className="page">
      <h1>{words.filingPage.title}</h1>
      <JobPanel />
      <Folders />
      {people && (
        <section className="card">
          <FolderField setting={people} label={words.home.people} />
        </section>
      )}
      <PlanCard />
      <Runs />
    </div>
  )
}

function Folders() {
  const { words } = useLanguage()
  const { start, busy } = useJobs()
  const { data } = useQuery({ queryKey: ['peoples-folders'], queryFn: api.peoplesFolders })
  const missing = data?.filter((one) => one.missing !== null) ?? []
  return (
    <section className="card" aria-labelledby="who">
      <header className="spread">
        <h2 id="who">{words.filingPage.who}</h2>
        <Button
          className="primary"
          isDisabled={busy || missing.length === 0}
          onPress={() => void start({ kind: 'folders' })}
        >
          {words.filingPage.create}
        </Button>
      </header>
      <p className="quiet">{words.filingPage.hint}</p>
      <ul className="rows">
        {data?.map((one) => (
          <li key={one.person}>
            <strong>{one.person}</strong>
            <span className="quiet">{words.photos(one.photos)}</span>
            <span className={one.missing === null ? 'good' : 'warn'}>
              {one.missing === null ? words.filingPage.has : words.filingPage.missing}
            </span>
            {one.missing !== null && (
              <Button
                isDisabled={busy}
                aria-label={`${words.filingPage.createOne}: ${one.person}`}
                onPress={() => void start({ kind: 'folders', people: [one.person] })}
              >
                {words.filingPage.createOne}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function byPerson(plan: Plan): [string, Plan['operations']][] {
  const groups = new Map<string, Plan['operations']>()
  for (const operation of plan.operations) {
    const group = groups.get(operation.person)
    if (group) group.push(operation)
    else groups.set(operation.person, [operation])
  }
  return [...groups]
}

function PlanCard() {
  const { words, code } = useLanguage()
  const { start, busy } = useJobs()
  const { data: plan } = useQuery({
    queryKey: ['plan'],
    queryFn: () => api.plan(false),
    refetchOnWindowFocus: false, // it looks at every file
  })
  if (!plan) return null
  const groups = byPerson(plan)
  return (
    <section className="card" aria-labelledby="plan">
      <header className="spread">
        <h2 id="plan">{words.filingPage.plan}</h2>
        <Button className="primary" isDisabled={busy || groups.length === 0} onPress={() => void start({ kind: 'file' })}>
          {words.filingPage.apply}
        </Button>
      </header>
      <p className="quiet">
        {groups.length === 0
          ? plan.misplaced.length > 0
            ? words.filingPage.nothingNew
            : words.filingPage.nothing
          : [
              words.photos(plan.operations.length),
              words.filingPage.method[plan.method],
              words.filingPage.bytes(bytes(plan.bytes_to_write, code)),
            ].join(', ')}
      </p>
      {plan.people_without_folder.length > 0 && (
        <p className="warn">
          {words.filingPage.without(new Intl.ListFormat(code).format(plan.people_without_folder))}
        </p>
      )}
      <Sentences
        title={words.result.misplaced}
        lines={plan.misplaced.map((one) => `${one.person}: ${one.target}`)}
      />
      {groups.map(([person, operations]) => (
        <PlanOfPerson key={person} person={person} operations={operations} />
      ))}
    </section>
  )
}

function PlanOfPerson({ person, operations }: { person: string; operations: Plan['operations'] }) {
  const most = 500
  const { words, code } = useLanguage()
  const [isOpen, setOpen] = useState(false)
  const total = operations.reduce((sum, one) => sum + one.bytes, 0)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {person}: {words.photos(operations.length)}, {bytes(total, code)}
      </summary>
      <ul className="paths">
        {(isOpen ? operations.slice(0, most) : []).map((one) => (
          <li key={one.target}>
            {one.source} → {one.target} ({bytes(one.bytes, code)})
          </li>
        ))}
        {isOpen && operations.length > most && <li>{words.filingPage.andMore(operations.length - most)}</li>}
      </ul>
    </details>
  )
}

function Runs() {
  const { words, code } = useLanguage()
  const { start, busy } = useJobs()
  const [undoing, setUndoing] = useState<Run | null>(null)
  const { data } = useQuery({ queryKey: ['runs'], queryFn: api.runs })
  return (
    <section className="card" aria-labelledby="runs">
      <h2 id="runs">{words.filingPage.runs}</h2>
      {data?.length === 0 && <p className="quiet">{words.filingPage.noRuns}</p>}
      <ul className="rows">
        {data?.map((run) => (
          <li key={run.id}>
            <strong>{moment(run.started_at, code)}</strong>
            <span>{words.filingPage.run(run.photos_filed, run.folders_created, run.packs_written)}</span>
            <span className="quiet">{words.filingPage.state[run.state]}</span>
            {run.state !== 'undone' && (
              <Button isDisabled={busy} onPress={() => setUndoing(run)}>
                {words.filingPage.undo}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Confirm
        title={words.filingPage.undoTitle}
        text={words.filingPage.undoText}
        action={words.filingPage.undo}
        isOpen={undoing !== null}
        onClose={() => setUndoing(null)}
        onConfirm={() => undoing && void start({ kind: 'undo', run: undoing.id })}
      />
    </section>
  )
}
