// Everything with one button, on the folders that are shown.
import { useState } from 'react'
import { Button, Checkbox } from 'react-aria-components'
import { useJobs } from '../job'
import { useWords } from '../language'
import { FolderField } from '../parts/folder-field'
import { JobPanel } from '../parts/job-panel'
import { SinglePhotos } from '../parts/single-photos'
import { useLibraryState, useSettings } from '../settings'

const folders = ['photos', 'known', 'people', 'packs'] as const

export function HomePage() {
  const words = useWords()
  const { busy, start } = useJobs()
  const [createFolders, setCreateFolders] = useState(true)
  const state = useLibraryState()
  const settings = useSettings()
  return (
    <div className="page home">
      <section className="hero">
        <h1>{words.home.title}</h1>
        <p>{words.home.lead}</p>
        {state.data?.model_problem && (
          <p className="warn">
            {words.home.noModel}: {state.data.model_problem}.
          </p>
        )}
        <p className="actions">
          <Button
            className="primary large"
            isDisabled={busy}
            onPress={() => void start({ kind: 'run', create_folders: createFolders })}
          >
            {words.home.run}
          </Button>
          <Button className="large" isDisabled={busy} onPress={() => void start({ kind: 'recognize' })}>
            {words.home.recognizeOnly}
          </Button>
        </p>
        <Checkbox isSelected={createFolders} onChange={setCreateFolders}>
          <span className="tick" aria-hidden />
          {words.home.createFolders}
        </Checkbox>
      </section>
      <JobPanel />
      <section className="card" aria-labelledby="folders">
        <h2 id="folders">{words.home.folders}</h2>
        {folders.map((name) => {
          const setting = settings?.find((one) => one.name === name)
          return setting && <FolderField key={name} setting={setting} label={words.home[name]} />
        })}
      </section>
      <SinglePhotos />
    </div>
  )
}
