// The frame around every page: where one can go, what is at work, and the page.
import { useEffect, useRef } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { Refusal } from './api'
import { isAtWork, useJobs } from './job'
import { useWords } from './language'
import { FilingPage } from './pages/filing'
import { HomePage } from './pages/home'
import { LoginPage } from './pages/login'
import { PacksPage } from './pages/packs'
import { PeoplePage } from './pages/people'
import { PersonPage } from './pages/person'
import { PhotoPage } from './pages/photo'
import { PhotosPage } from './pages/photos'
import { ReviewPage } from './pages/review'
import { SettingsPage } from './pages/settings'
import { JobBadge } from './parts/job-panel'
import { useLibraryState } from './settings'

const places = ['home', 'people', 'review', 'photos', 'filing', 'packs', 'settings'] as const

export function App() {
  const words = useWords()
  const [location] = useLocation()
  const { job } = useJobs()
  const state = useLibraryState(isAtWork(job))
  const isLocked = state.error instanceof Refusal && state.error.code === 'log-in'

  // A new page is read from its beginning.
  const main = useRef<HTMLElement>(null)
  useEffect(() => {
    main.current?.scrollTo(0, 0)
  }, [location])

  // Where the bar is wider than the screen, the page's name is in sight.
  const unknown = state.data?.unknown_faces ?? 0
  const bar = useRef<HTMLElement>(null)
  useEffect(() => {
    bar.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [location, unknown, words])

  if (isLocked) return <LoginPage />
  return (
    <>
      <header className="bar">
        <Link href="/" className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          Kinfolder
        </Link>
        <nav aria-label={words.nav.label} ref={bar}>
          {places.map((place) => {
            const path = place === 'home' ? '/' : `/${place}`
            const here = place === 'home' ? location === '/' : location.startsWith(path)
            return (
              <Link key={place} href={path} aria-current={here ? 'page' : undefined}>
                {words.nav[place]}
                {place === 'review' && unknown > 0 && <span className="count">{unknown}</span>}
              </Link>
            )
          })}
        </nav>
        <JobBadge />
      </header>
      <main ref={main}>
        <Switch>
          <Route path="/" component={HomePage} />
          <Route path="/people" component={PeoplePage} />
          <Route path="/people/:id">{({ id }) => <PersonPage id={Number(id)} />}</Route>
          <Route path="/review" component={ReviewPage} />
          <Route path="/photos" component={PhotosPage} />
          <Route path="/photos/:id">{({ id }) => <PhotoPage id={Number(id)} />}</Route>
          <Route path="/filing" component={FilingPage} />
          <Route path="/packs" component={PacksPage} />
          <Route path="/settings" component={SettingsPage} />
          <Route>
            <p className="page">{words.noPage}</p>
          </Route>
        </Switch>
      </main>
    </>
  )
}
