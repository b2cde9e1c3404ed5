// Takes the documentation's pictures of the window, with people that paint.mjs paints.
// usage: node docs/pictures/take.mjs [FOLDER]      after `make build`; writes NAME.webp beside this file
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeHome, startProgram } from '../../web/tests/program.mjs'
import { paintPhoto, people } from './paint.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const folder = resolve(process.argv[2] ?? here)
const { chromium } = createRequire(join(here, '../../web/package.json'))('playwright-core')

const known = 4 // the others have no name yet
const threshold = '0.46' // painted people are more alike than real ones
const groups = [[0, 1, 2], [3, 0], [4, 1], [2, 5, 3], [0, 4], [1, 3, 0, 2], [5], [4, 2], [3, 5, 1], [0, 2]]
const places = ['At the lake', 'Sunday lunch', 'Birthday', 'Harbour', 'Garden', 'Reunion', 'On the terrace', 'Winter walk', 'Train trip', 'Beach']
const pages = [
  ['home', () => '/'],
  ['people', () => '/people'],
  ['review', () => '/review'],
  ['photos', () => '/photos'],
  ['photo', (ids) => `/photos/${ids.photo}`],
  ['filing', () => '/filing'],
  ['packs', () => '/packs'],
  ['settings', () => '/settings'],
]

const browser = await chromium.launch({ executablePath: process.env.KINFOLDER_BROWSER ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })

async function paintInto(pictures) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } })
  const paint = async (who, seed, file) => {
    mkdirSync(dirname(file), { recursive: true })
    await page.setContent(`<body style="margin:0">${paintPhoto(who, seed)}`)
    await page.screenshot({ path: file, type: 'jpeg', quality: 92 })
  }
  for (const [i, person] of people.slice(0, known).entries()) {
    for (let year = 2023; year < 2027; ++year) await paint([person], 10 * year + i, join(pictures, 'Known', person.name, `${year}.jpg`))
  }
  for (const [i, who] of groups.entries()) await paint(who.map((number) => people[number]), i + 1, join(pictures, 'Inbox', `${places[i]}.jpg`))
  await page.close()
}

// The page speaks of a home that anybody might have.
const hide = (page, path) =>
  page.evaluate((found) => {
    const changed = (text) => text.replaceAll(found, '/home/ann')
    for (const input of document.querySelectorAll('input')) input.value = changed(input.value)
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) texts.currentNode.data = changed(texts.currentNode.data)
  }, path)

// A screenshot as WebP, which the browser writes itself.
async function take(page, name) {
  const png = (await page.screenshot()).toString('base64')
  const writer = await browser.newPage()
  const webp = await writer.evaluate(async (source) => {
    const image = new Image()
    image.src = `data:image/png;base64,${source}`
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
    canvas.getContext('2d').drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', 0.8).split(',')[1]
  }, png)
  await writer.close()
  writeFileSync(join(folder, `${name}.webp`), Buffer.from(webp, 'base64'))
}

const home = makeHome(() => {})
await paintInto(home.pictures)
const program = await startProgram(home)
try {
  await program.ask('PUT', '/api/settings/threshold', { value: threshold })
  await program.ask('POST', '/api/job', { kind: 'run', create_folders: true })
  await program.jobAtRest()
  const { value } = await program.ask('GET', '/api/photos')
  const ids = { photo: value.photos.find((photo) => photo.name === 'Reunion.jpg').id }
  const open = async (options) => {
    const page = await (await browser.newContext({ locale: 'en-GB', viewport: { width: 1200, height: 900 }, ...options })).newPage()
    await page.goto(program.address)
    return page
  }
  const show = async (page, name, path) => {
    await page.goto(program.origin + path)
    await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => {}) // events stay open
    await page.waitForTimeout(500)
    await hide(page, home.home)
    await take(page, name)
  }
  const light = await open({})
  for (const [name, path] of pages) {
    await show(light, name, path(ids))
    if (name === 'home') await program.ask('DELETE', '/api/job') // told there, and in the way elsewhere
  }
  await show(await open({ colorScheme: 'dark', viewport: { width: 390, height: 800 } }), 'phone', '/photos')
} finally {
  await program.stop()
  await browser.close()
  home.remove()
}
