// One archive per person.
import { useQuery } from '@tanstack/react-query'
import { Button } from 'react-aria-components'
import { api, type Pack, packFile } from '../api'
import { bytes } from '../format'
import { useJobs } from '../job'
import { useLanguage } from '../language'
import { useMessages } from '../messages'
import { FolderField } from '../parts/folder-field'
import { JobPanel } from '../parts/job-panel'
import { useSetting } from '../settings'

export function PacksPage() {
  const { words } = useLanguage()
  const { start, busy } = useJobs()
  const { data } = useQuery({ queryKey: ['packs'], queryFn: api.packs })
  const folder = useSetting('packs')
  return (
    <div className="page">
      <header className="spread">
        <h1>{words.packsPage.title}</h1>
        <Button
          className="primary"
          isDisabled={busy || !data || data.every((pack) => pack.current)}
          onPress={() => void start({ kind: 'pack' })}
        >
          {words.packsPage.write}
        </Button>
      </header>
      <p className="quiet">{words.packsPage.lead}</p>
      <JobPanel />
      {folder && (
        <section className="card">
          <FolderField setting={folder} label={words.home.packs} />
        </section>
      )}
      {data?.length === 0 && <p className="quiet">{words.packsPage.none}</p>}
      {data && data.length > 0 && (
        <section className="card">
          <ul className="rows">
            {data.map((pack) => (
              <PackRow key={pack.person} pack={pack} />
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function PackRow({ pack }: { pack: Pack }) {
  const { words, code } = useLanguage()
  const { start, busy } = useJobs()
  const { attempt, tell, complain } = useMessages()
  const state =
    pack.bytes === null ? words.packsPage.missing : pack.current ? words.packsPage.current : words.packsPage.stale
  const verify = async () => {
    const verified = await attempt(() => api.verifyPack(pack.person))
    if (verified?.sound) tell(words.packsPage.sound(pack.person, verified.files ?? 0))
    else if (verified) complain(new Error(verified.reason ?? ''))
  }
  return (
    <li>
      <strong>{pack.person}</strong>
      <span className="quiet">{pack.bytes === null ? '' : bytes(pack.bytes, code)}</span>
      <span className={pack.current ? 'good' : 'warn'}>{state}</span>
      <span className="actions">
        {pack.bytes !== null && (
          <>
            <a className="button" href={packFile(pack.person)} download aria-label={`${words.packsPage.download}: ${pack.person}`}>
              {words.packsPage.download}
            </a>
            <Button onPress={() => void verify()} aria-label={`${words.packsPage.verify}: ${pack.person}`}>
              {words.packsPage.verify}
            </Button>
          </>
        )}
        {!pack.current && (
          <Button isDisabled={busy} onPress={() => void start({ kind: 'pack', people: [pack.person] })}>
            {words.packsPage.write}
          </Button>
        )}
      </span>
    </li>
  )
}
