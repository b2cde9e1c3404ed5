// The real program with a home of its own, photos of the test data, and a browser's or a script's way in.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'

const source = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const binary = process.env.KINFOLDER_BINARY ?? join(source, 'build/release/bin/kinfolder')
export const data = resolve(process.env.KINFOLDER_TEST_DATA ?? join(source, '../shared/data'))
const album = join(data, 'photos/album')

// Why the tests cannot run here; false where they can.
export const missing = !existsSync(album) && 'needs test data: photos/album (KINFOLDER_TEST_DATA)'

function copyAlbum(pictures) {
  cpSync(realpathSync(join(album, 'known')), join(pictures, 'Known'), { recursive: true, dereference: true })
  cpSync(realpathSync(join(album, 'inbox')), join(pictures, 'Inbox'), { recursive: true, dereference: true })
}

// A home with the models; its pictures are the test album, or what `fill` puts into the folders of its pictures.
export function makeHome(fill = copyAlbum) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'kinfolder-web-')))
  const pictures = join(home, 'Pictures/Kinfolder')
  mkdirSync(pictures, { recursive: true })
  fill(pictures)
  for (const model of ['mtcnn', 'facenet-vggface2']) {
    const folder = join(home, 'models', model)
    const manifest = join(source, 'models', model, 'manifest.json')
    mkdirSync(folder, { recursive: true })
    symlinkSync(manifest, join(folder, 'manifest.json'))
    for (const file of Object.values(JSON.parse(readFileSync(manifest, 'utf8')).files)) {
      symlinkSync(join(data, 'models', file.name), join(folder, file.name))
    }
  }
  return { home, pictures, remove: () => rmSync(home, { recursive: true, force: true }) }
}

// A home and a program in it for the tests of one `describe`; the program must end well.
export function useProgram() {
  const used = {}
  before(async () => {
    used.home = makeHome()
    used.program = await startProgram(used.home)
  })
  after(async () => {
    assert.deepEqual(await used.program.stop(), { code: 0, signal: null })
    used.home.remove()
  })
  return used
}

// With `listen`, an address beyond loopback, other machines can reach it by the password.
export const password = 'correct horse'

export async function startProgram({ home }, listen) {
  const environment = { HOME: home, PATH: process.env.PATH, LC_ALL: 'C.UTF-8', KINFOLDER_MODELS: join(home, 'models') }
  for (const name of ['ASAN_OPTIONS', 'LSAN_OPTIONS', 'UBSAN_OPTIONS']) {
    if (process.env[name]) environment[name] = process.env[name]
  }
  if (listen) execFileSync(binary, ['password', 'set'], { env: environment, cwd: home, input: password })
  const child = spawn(binary, ['serve', ...(listen ? ['--listen', listen] : [])], { env: environment, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => (said += text))
  const ended = new Promise((done) => child.on('exit', (code, signal) => done({ code, signal })))
  let text = ''
  const address = await new Promise((done, fail) => {
    child.stdout.on('data', (more) => {
      text += more
      const found = /https?:\S+/.exec(text)
      if (found) done(found[0])
    })
    void ended.then(() => fail(new Error(`kinfolder serve ended: ${said}`)))
  })
  const { origin, searchParams } = new URL(address)
  const key = searchParams.get('key')

  // Asks the API with the key; returns the reply and, where it is JSON, its value.
  const ask = async (method, path, body, headers = {}) => {
    const init = { method, headers: { Authorization: `Bearer ${key}`, ...headers } }
    if (body !== undefined) {
      init.body = body instanceof Uint8Array ? body : JSON.stringify(body)
      init.headers['Content-Type'] ??= 'application/json'
    }
    const reply = await fetch(origin + path, init)
    const is_json = reply.headers.get('content-type')?.startsWith('application/json')
    return { reply, status: reply.status, value: is_json ? await reply.json() : undefined }
  }
  // The job when it is neither at work nor about to stop.
  const jobAtRest = async () => {
    for (;;) {
      const { value } = await ask('GET', '/api/job')
      if (value === null || !['running', 'pausing'].includes(value.state)) return value
      await new Promise((done) => setTimeout(done, 50))
    }
  }
  return {
    ended,
    pid: child.pid,
    printed: () => text,
    address,
    origin,
    key,
    ask,
    jobAtRest,
    run: (...words) => execFileSync(binary, words, { env: environment, cwd: home, encoding: 'utf8' }),
    runWith: (input, ...words) => execFileSync(binary, words, { env: environment, cwd: home, input, encoding: 'utf8' }),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
  }
}
