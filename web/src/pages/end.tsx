// What is left of the window when the program has ended.
import { useWords } from '../language'

export function EndPage() {
  const words = useWords()
  return (
    <main>
      <div className="page" role="status">
        <h1>{words.quit.ended}</h1>
        <p>{words.quit.endedText}</p>
      </div>
    </main>
  )
}
