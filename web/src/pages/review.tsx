// Faces that wait for the user's word: chosen together, decided at once, by mouse or by keyboard. What is decided stays
// in its place until the user asks for the rest, so that nothing moves under the cursor.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { Link, useSearch } from 'wouter'
import { api, type Decision, type Face, type ReviewList } from '../api'
import { distance, moment } from '../format'
import { butReview } from '../job'
import { useLanguage } from '../language'
import { useMessages } from '../messages'
import { Choice } from '../parts/choice'
import { FacePicture } from '../parts/face-picture'
import { PersonBox, personNamed } from '../parts/person-box'
import { usePeople } from '../people'

const most = 300
const lists = ['unknown', 'uncertain', 'later'] as const
const asides = ['not-a-face', 'stranger', 'later'] as const

// Faces without a certain name, or with ?person=ID all of one person's: to look through, and to give some of them to
// somebody else.
export function ReviewPage() {
  const { words } = useLanguage()
  const { nameOf } = usePeople()
  const [list, setList] = useState<ReviewList>('unknown')
  const [takenBack, setTakenBack] = useState<ReadonlySet<number>>(new Set())
  const history = <History onTakenBack={(fact) => setTakenBack((before) => new Set([...before, fact]))} />
  const person = Number(new URLSearchParams(useSearch()).get('person')) || undefined
  if (person !== undefined) {
    return (
      <div className="page">
        <h1>
          <Link href={`/people/${person}`}>{nameOf(person)}</Link>
        </h1>
        <Faces key={person} filter={{ person }} takenBack={takenBack} />
        {history}
      </div>
    )
  }
  return (
    <div className="page">
      <header className="spread">
        <h1>{words.reviewPage.title}</h1>
        <Choice
          label={words.photosPage.show}
          value={list}
          options={lists.map((name) => [name, words.reviewPage.lists[name]])}
          onChange={(value) => setList(value as ReviewList)}
        />
      </header>
      <Faces key={list} filter={{ show: list }} takenBack={takenBack} />
      {history}
    </div>
  )
}

interface Section {
  from: number
  to: number
  alike: boolean
}

// The groups that begin the list, as far as it goes, then the rest.
function sectionsOf(count: number, groups: number[]): Section[] {
  const sections: Section[] = []
  let from = 0
  for (const size of groups) {
    if (from === count) break
    const to = Math.min(from + size, count)
    sections.push({ from, to, alike: true })
    from = to
  }
  if (from < count) sections.push({ from, to: count, alike: false })
  return sections
}

interface Said {
  text: string
  fact: number
}

// The person whom the user is asked about; nobody where even the nearest is far beyond what names a face.
function suggestedFor(face: Face): number | undefined {
  if (!face.nearest) return undefined
  const near = face.threshold === null || face.nearest.distance < 1.25 * face.threshold
  return near ? face.nearest.person : undefined
}

interface FacesProps {
  filter: { show?: ReviewList; person?: number }
  takenBack: ReadonlySet<number> // facts
}

function Faces({ filter, takenBack }: FacesProps) {
  const { words } = useLanguage()
  const { people, nameOf } = usePeople()
  const { attempt, tell } = useMessages()
  const queries = useQueryClient()
  // Asked for once; again only when the user wants the rest.
  const { data, refetch } = useQuery({
    queryKey: ['review', filter],
    queryFn: () => api.faces({ ...filter, offset: 0, limit: most }),
    staleTime: Infinity,
    refetchOnMount: 'always',
  })
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [allSaid, setSaid] = useState<ReadonlyMap<number, Said>>(new Map())
  const said = new Map([...allSaid].filter(([, one]) => !takenBack.has(one.fact)))
  const [focused, setFocused] = useState(0)
  const anchor = useRef(0)
  const latest = useRef<number[][]>([])
  const grid = useRef<HTMLDivElement>(null)
  const faces = data?.faces ?? []
  const sections = sectionsOf(faces.length, data?.groups ?? [])
  const targets = chosen.size > 0 ? faces.filter((face) => chosen.has(face.id)) : faces.slice(focused, focused + 1)

  const choose = (index: number, range: boolean) => {
    const next = new Set(chosen)
    const on = range || !next.has(faces[index]?.id ?? 0)
    const [from, to] = range ? [Math.min(anchor.current, index), Math.max(anchor.current, index)] : [index, index]
    faces.slice(from, to + 1).forEach((face) => (on ? next.add(face.id) : next.delete(face.id)))
    setChosen(next)
    anchor.current = index
  }
  // Of a group those of whom nothing was said yet; all that look like no other are no group.
  const chooseGroup = (index: number) => {
    const group = sections.find((section) => section.alike && index >= section.from && index < section.to)
    const left = faces.slice(group?.from ?? index, group?.to ?? index + 1).filter((face) => !said.has(face.id))
    setChosen(new Set([...chosen, ...left.map((face) => face.id)]))
  }
  const decide = async (decision: Decision, personOf: (face: Face) => number | undefined, name?: string) => {
    const about = decision === 'confirmed' || decision === 'rejected'
    const added = new Map<number, Said>()
    const ofPerson = new Map<number | undefined, Face[]>()
    for (const face of targets) {
      const person = personOf(face)
      if (about && person === undefined) continue
      ofPerson.set(person, [...(ofPerson.get(person) ?? []), face])
    }
    await attempt(async () => {
      for (const [person, ofOne] of ofPerson) {
        const ids = ofOne.map((face) => face.id)
        const { facts } = await api.decide(ids, decision, person)
        const text = words.reviewPage.said[decision]
        const told = typeof text === 'string' ? text : text(name ?? nameOf(person ?? 0))
        ids.forEach((id, i) => added.set(id, { text: told, fact: facts[i] ?? 0 }))
      }
    })
    if (added.size === 0) return
    // More may have been said and chosen while this was on its way.
    setSaid((before) => new Map([...before, ...added]))
    setChosen((before) => new Set([...before].filter((id) => !added.has(id))))
    latest.current.push([...added.values()].map((one) => one.fact))
    const what = [...added.values()][0]?.text ?? ''
    tell(name ? words.reviewPage.named(added.size, name) : words.reviewPage.done(added.size, what))
    await queries.invalidateQueries(butReview)
  }
  const suggested = (face: Face) => filter.person ?? suggestedFor(face)
  const nameAll = async (text: string) => {
    const person = await attempt(() => personNamed(text, people))
    if (person) await decide('confirmed', () => person.id, person.name)
  }
  const undo = async () => {
    const facts = latest.current.pop()
    if (!facts) return
    await attempt(async () => {
      await api.undoFacts(facts)
      setSaid((before) => new Map([...before].filter(([, one]) => !facts.includes(one.fact))))
      tell(words.reviewPage.undone)
    })
    await queries.invalidateQueries(butReview)
  }
  const rest = async () => {
    await refetch()
    setSaid(new Map())
    setChosen(new Set())
    setFocused(0)
  }

  const move = (to: number) => {
    const index = Math.max(0, Math.min(faces.length - 1, to))
    setFocused(index)
    grid.current?.querySelectorAll<HTMLElement>('.pick')[index]?.focus()
  }
  // To the face of the next row, up or down, that is nearest from side to side.
  const moveRow = (down: boolean) => {
    const places = [...(grid.current?.querySelectorAll('.pick') ?? [])].map((one) => one.getBoundingClientRect())
    const here = places[focused]
    if (!here) return
    const rows = places.map((place) => place.top).filter((top) => (down ? top > here.top : top < here.top))
    const row = down ? Math.min(...rows) : Math.max(...rows)
    const aside = places.map((place) => (place.top === row ? Math.abs(place.left - here.left) : Infinity))
    if (rows.length > 0) move(aside.indexOf(Math.min(...aside)))
  }
  const keys: Record<string, () => unknown> = {
    ArrowRight: () => move(focused + 1),
    ArrowLeft: () => move(focused - 1),
    ArrowDown: () => moveRow(true),
    ArrowUp: () => moveRow(false),
    Home: () => move(0),
    End: () => move(faces.length - 1),
    Enter: () => decide('confirmed', suggested),
    Delete: () => decide('rejected', suggested),
    'Shift+Delete': () => decide('not-a-face', () => undefined),
    s: () => decide('stranger', () => undefined),
    l: () => decide('later', () => undefined),
    g: () => chooseGroup(focused),
    Escape: () => setChosen(new Set()),
    'Control+z': undo,
  }
  const onKey = (event: KeyboardEvent) => {
    const name = `${event.ctrlKey || event.metaKey ? 'Control+' : ''}${event.shiftKey && event.key === 'Delete' ? 'Shift+' : ''}${event.key}`
    const act = keys[name]
    if (!act) return
    event.preventDefault()
    void act()
  }

  if (!data) return <p className="quiet">{words.loading}</p>
  if (faces.length === 0) return <p className="quiet">{words.reviewPage.none}</p>
  const suggestions = [...new Set(targets.map(suggested))]
  const suggestion = suggestions.length === 1 ? suggestions[0] : undefined
  return (
    <>
      <p className="quiet">{words.reviewPage.hint}</p>
      {said.size > 0 && (
        <p>
          <Button onPress={() => void rest()}>{words.reviewPage.rest}</Button>
        </p>
      )}
      <div ref={grid} onKeyDown={onKey}>
        {sections.map(({ from, to, alike }) => (
          <section key={faces[from]?.id} aria-label={alike ? words.reviewPage.alike(to - from) : words.reviewPage.alone}>
            {alike && (
              <header className="group">
                <h2>{words.reviewPage.alike(to - from)}</h2>
                <Button onPress={() => chooseGroup(from)}>{words.reviewPage.chooseGroup}</Button>
              </header>
            )}
            {!alike && from > 0 && <h2 className="group">{words.reviewPage.alone}</h2>}
            <ul className="cards review">
              {faces.slice(from, to).map((face, i) => (
                <li key={face.id}>
                  <FaceToReview
                    face={face}
                    said={said.get(face.id)?.text}
                    chosen={chosen.has(face.id)}
                    isFocusable={from + i === focused}
                    onFocus={() => setFocused(from + i)}
                    onChoose={(range) => choose(from + i, range)}
                  />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p className="quiet">{words.reviewPage.keys}</p>
      {chosen.size > 0 && (
        <div className="tray">
          <span>{words.reviewPage.selected(chosen.size)}</span>
          <PersonBox onName={(text) => void nameAll(text)} />
          {suggestion !== undefined && (
            <>
              <Button onPress={() => void decide('confirmed', suggested)}>
                {words.reviewPage.yes(nameOf(suggestion))}
              </Button>
              <Button onPress={() => void decide('rejected', suggested)}>
                {words.reviewPage.no(nameOf(suggestion))}
              </Button>
            </>
          )}
          {asides.map((decision) => (
            <Button key={decision} onPress={() => void decide(decision, () => undefined)}>
              {words.reviewPage.decisions[decision]}
            </Button>
          ))}
          <Button onPress={() => setChosen(new Set())}>{words.reviewPage.clear}</Button>
        </div>
      )}
    </>
  )
}

interface FaceProps {
  face: Face
  said: string | undefined
  chosen: boolean
  isFocusable: boolean
  onFocus: () => void
  onChoose: (range: boolean) => void
}

function FaceToReview({ face, said, chosen, isFocusable, onFocus, onChoose }: FaceProps) {
  const { words, code } = useLanguage()
  const { nameOf } = usePeople()
  const far = (one: { person: number; distance: number }) => [nameOf(one.person), distance(one.distance, code)] as const
  return (
    <button
      type="button"
      className={said === undefined ? 'pick' : 'pick said'}
      aria-pressed={chosen}
      tabIndex={isFocusable ? 0 : -1}
      onFocus={onFocus}
      onClick={(event) => onChoose(event.shiftKey)}
      title={face.threshold === null ? '' : words.reviewPage.threshold(distance(face.threshold, code))}
    >
      <FacePicture photo={face.photo} face={face.id} alt={words.photoPage.face} />
      {said !== undefined ? (
        <strong>{said}</strong>
      ) : (
        <>
          {face.nearest && suggestedFor(face) !== undefined && (
            <span>{words.reviewPage.suggested(...far(face.nearest))}</span>
          )}
          {face.runner_up && suggestedFor(face) !== undefined && (
            <span className="quiet">{words.reviewPage.then(...far(face.runner_up))}</span>
          )}
        </>
      )}
    </button>
  )
}

function History({ onTakenBack }: { onTakenBack: (fact: number) => void }) {
  const { words, code } = useLanguage()
  const { attempt } = useMessages()
  const queries = useQueryClient()
  const { data } = useQuery({ queryKey: ['facts'], queryFn: api.facts })
  const undo = async (fact: number) => {
    await attempt(async () => {
      await api.undoFacts([fact])
      onTakenBack(fact)
    })
    await queries.invalidateQueries(butReview)
  }
  const shown = data?.filter((fact) => fact.origin === 'user').slice(0, 100) ?? []
  return (
    <details className="card">
      <summary>{words.reviewPage.history}</summary>
      {shown.length === 0 && <p className="quiet">{words.reviewPage.noHistory}</p>}
      <ul className="rows">
        {shown.map((fact) => (
          <li key={fact.number}>
            <span className="quiet">
              {fact.number} · {moment(fact.time, code)}
            </span>
            <span className={fact.undone ? 'quiet struck' : ''}>{fact.text}</span>
            {!fact.undone && (
              <Button
                aria-label={`${words.reviewPage.undo}: ${fact.text}`}
                onPress={() => void undo(fact.number)}
              >
                {words.reviewPage.undo}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
}
