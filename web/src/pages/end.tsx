// What is left of the window when the program has ended.
import { useWords } from '../language'
import { Header } from '../parts/header'

export function EndPage() {
  const words = useWords()
  return (
    <>
      <Header />
      <main>
        <div className="page" role="status">
          <h1>{words.quit.ended}</h1>
          <p>{words.quit.endedText}</p>
        </div>
      </main>
    </>
  )
}
