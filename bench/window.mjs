// How quick the window is on a large library, and what its clients cost a scan: prints a table.
// usage: node bench/window.mjs [PHOTOS]        100,000 unless said otherwise
//
// A client is somebody who looks: a list of 100 photos or faces, the thumbnails of a screenful of it, a few seconds of
// looking, the next list. Everybody looks at the newest 2,000 photos. "Flat out" is the same without the looking.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { makeHome, missing, startProgram } from '../web/tests/program.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const { chromium } = createRequire(join(here, '../web/package.json'))('playwright-core')
const grow = process.env.KINFOLDER_GROW ?? resolve(here, '../build/release/bin/kinfolder_grow')

const photos = Number(process.argv[2] ?? 100000)
const clients = 32
const newPhotos = 800 // that a scan looks at: what is made anew once after it began weighs little on as many
const inList = 100
const onScreen = 12
const looking = 5 // seconds on average between one list and the next
const newest = 2000

const percentile = (values, share) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]
const print = (name, ...cells) => console.log(name.padEnd(44), ...cells.map((cell) => String(cell).padStart(10)))

const listsAt = (offset) => [`/api/photos?offset=${offset}&limit=${inList}`, `/api/faces?show=unknown&offset=${offset}&limit=${inList}`]
const picturesOf = ({ photos, faces }) =>
  (photos ? photos.map((photo) => `/api/photos/${photo.id}/picture?size=320`) : faces.map((face) => `/api/photos/${face.photo}/faces/${face.id}/picture`)).slice(0, onScreen)

// Asks until told to stop; collects milliseconds by kind.
async function client(program, isFlatOut, running, times) {
  const agent = new Agent({ keepAlive: true, maxSockets: 6 }) // as many as a browser opens
  const ask = (kind, path) =>
    new Promise((done, fail) => {
      const began = performance.now()
      get(program.origin + path, { agent, headers: { Authorization: `Bearer ${program.key}` } }, (reply) => {
        const parts = []
        reply.on('data', (part) => parts.push(part))
        reply.on('end', () => {
          if (reply.statusCode !== 200) return fail(new Error(`${path}: ${reply.statusCode}`))
          times[kind].push(performance.now() - began)
          done(Buffer.concat(parts))
        })
      }).on('error', fail)
    })
  const rest = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds))
  if (!isFlatOut) await rest(looking * Math.random())
  while (running.yes) {
    try {
      const offset = Math.floor(Math.random() * (newest / inList)) * inList
      const list = JSON.parse(await ask('lists', listsAt(offset)[Math.floor(Math.random() * 2)]))
      await Promise.all(picturesOf(list).map((path) => ask('thumbnails', path)))
    } catch (error) {
      times.errors.push(error.message)
    }
    if (!isFlatOut) await rest(looking * (0.5 + Math.random()))
  }
  agent.destroy()
}

// Processor seconds that the program has used (Linux counts in hundredths).
const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

// Scans new photos beside the clients; seconds by the clock and of processors, and what the clients saw.
async function scan(home, program, name, count, isFlatOut = false) {
  const inbox = join(home.pictures, 'Inbox')
  const folder = join(inbox, name)
  mkdirSync(folder)
  const pictures = readdirSync(inbox, { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.name)
  for (let i = 0; i < newPhotos; ++i) { // bytes after its end make a picture another photo
    const picture = pictures[i % pictures.length]
    writeFileSync(join(folder, `${i} ${picture}`), Buffer.concat([readFileSync(join(inbox, picture)), Buffer.from(`${name} ${i}`)]))
  }
  const times = { lists: [], thumbnails: [], errors: [] }
  const running = { yes: true }
  const began = performance.now()
  const cpuBegan = cpuSeconds(program.pid)
  await program.ask('POST', '/api/job', { kind: 'recognize' })
  const all = Array.from({ length: count }, () => client(program, isFlatOut, running, times))
  const job = await program.jobAtRest()
  const seconds = (performance.now() - began) / 1000
  const cpu = cpuSeconds(program.pid) - cpuBegan
  if (job.state !== 'done') throw new Error(JSON.stringify(job.error))
  running.yes = false
  await Promise.all(all)
  return { seconds, cpu, times }
}

async function pageFigures(program) {
  const browser = await chromium.launch({ executablePath: process.env.KINFOLDER_BROWSER ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] })
  const ready = []
  for (let run = 0; run < 7; ++run) {
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await page.goto(program.address.replace('/?', '/icon.svg?')) // the browser's own start is not ours
    await page.context().addCookies([{ name: `kinfolder-${new URL(program.origin).port}`, value: program.key, url: program.origin }])
    const began = performance.now()
    await page.goto(program.origin, { waitUntil: 'commit' })
    await page.getByRole('button', { name: 'Sort my photos' }).click({ trial: true })
    ready.push(performance.now() - began)
    await page.context().close()
  }
  await browser.close()
  const text = await (await fetch(program.origin)).text()
  const scripts = await Promise.all([...text.matchAll(/src="([^"]+\.js)"/g)].map(async ([, path]) => Buffer.from(await (await fetch(program.origin + path)).arrayBuffer())))
  return { ready: percentile(ready, 0.5), bytes: scripts.reduce((sum, script) => sum + gzipSync(script, { level: 9 }).length, 0) }
}

if (missing) {
  console.log(`The window is not measured: it ${missing}.`)
  process.exit()
}
const home = makeHome()
let program
try {
  program = await startProgram(home)
  await program.ask('POST', '/api/job', { kind: 'recognize' })
  await program.jobAtRest()
  await program.stop()
  execFileSync(grow, [String(photos)], { env: { HOME: home.home, PATH: process.env.PATH, KINFOLDER_MODELS: join(home.home, 'models') }, stdio: 'inherit' })
  program = await startProgram(home)
  await program.ask('POST', '/api/job', { kind: 'recognize' })
  await program.jobAtRest()

  const page = await pageFigures(program)
  print('first page interactive, median of 7', `${page.ready.toFixed(0)} ms`)
  print('scripts, compressed', `${(page.bytes / 1000).toFixed(0)} kB`)

  const first = performance.now()
  await program.ask('GET', '/api/faces?show=unknown')
  print('unknown faces grouped', `${((performance.now() - first) / 1000).toFixed(1)} s`)

  const { total } = (await program.ask('GET', '/api/photos?limit=1')).value
  console.log(`\n${total} photos; ${newPhotos} new ones are scanned`)
  print('', 'scan s', 'CPU s', 'lists', 'median ms', '95 % ms', 'thumbs', 'median ms', '95 % ms', 'errors')
  const scans = []
  const row = async (folder, label, count, isFlatOut) => {
    const { seconds, cpu, times } = await scan(home, program, folder, count, isFlatOut)
    const cells = (values) => (values.length === 0 ? ['', '', ''] : [values.length, percentile(values, 0.5).toFixed(0), percentile(values, 0.95).toFixed(0)])
    print(label, seconds.toFixed(1), cpu.toFixed(1), ...cells(times.lists), ...cells(times.thumbnails), count === 0 ? '' : times.errors.length)
    for (const error of times.errors.slice(0, 3)) console.log(`  ${error}`)
    scans.push({ label, seconds, cpu, count })
  }
  await scan(home, program, 'warm up', 0)
  await row('a', 'nobody looks', 0)
  await row('b', `${clients} look, no thumbnail is made yet`, clients)
  await row('c', 'nobody looks', 0)
  for (let offset = 0; offset < newest; offset += inList) {
    for (const path of listsAt(offset)) {
      for (const picture of picturesOf((await program.ask('GET', path)).value)) await program.ask('GET', picture)
    }
  }
  await row('d', `${clients} look, most thumbnails are made`, clients)
  await row('e', 'nobody looks', 0)
  await row('f', `${clients} flat out`, clients, true)
  const alone = scans.filter(({ count }) => count === 0)
  const usual = (of) => alone.reduce((sum, one) => sum + one[of], 0) / alone.length
  const more = (one, of) => `${(100 * (one[of] / usual(of) - 1)).toFixed(0)} %`
  console.log('\nMore than when nobody looks (processor time says it where other programs are at work, too):')
  for (const one of scans) if (one.count > 0) print(one.label, more(one, 'seconds'), more(one, 'cpu'))
} finally {
  await program?.stop()
  home.remove()
}
