/**
 * The page's only script, as a browser runs it: images that are dropped, pasted or chosen go to POST /predict, four at a time. Texts from
 * files and labels enter the page as text alone (textContent).
 */
export const pageScript = `'use strict'
const $ = (id) => document.getElementById(id)
const make = (tag, values = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), values)
  node.append(...children)
  return node
}
const most = 100
const waiting = []
let [underWay, done] = [0, 0]

const say = (text) => { $('status').textContent = text }
const percent = (share) => (share * 100).toFixed(1) + ' %'

function add(files) {
  const images = [...files]
  if (images.length === 0) return say('No file was found in that.')
  waiting.push(...images.slice(0, most).map((file) => ({ file, item: place(file) })))
  if (images.length > most) say('Only the first ' + most + ' of ' + images.length + ' images are taken.')
  else say(images.length === 1 ? 'Classifying ' + images[0].name + ' …' : 'Classifying ' + images.length + ' images …')
  next()
}

function place(file) {
  const url = URL.createObjectURL(file)
  const picture = make('img', { src: url, alt: '' })
  picture.onload = () => URL.revokeObjectURL(url)
  picture.onerror = () => { URL.revokeObjectURL(url); picture.remove() }
  const body = make('div', {}, make('h2', { textContent: file.name || 'Pasted image' }), make('p', { className: 'soft', textContent: 'Waiting …' }))
  const item = make('li', {}, make('div', {}, picture), body)
  $('results').prepend(item)
  return body
}

function next() {
  while (underWay < 4 && waiting.length > 0) {
    const { file, item } = waiting.shift()
    underWay++
    predict(file).then((prediction) => show(item, prediction), (error) => fail(item, error.message)).then(() => {
      underWay--
      done++
      next()
    })
  }
}

async function predict(file) {
  const token = $('token') && $('token').value.trim()
  const headers = { 'content-type': 'application/octet-stream', ...(token ? { authorization: 'Bearer ' + token } : {}) }
  for (let tries = 0; ; tries++) {
    const response = await fetch('predict?top=5', { method: 'POST', headers, body: file })
    if (response.status === 503 && tries < 30) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * (Number(response.headers.get('retry-after')) || 1)))
      continue
    }
    const answer = await response.json()
    if (!response.ok) throw new Error(answer.error)
    return answer.predictions[0]
  }
}

function show(item, { label, probability, top }) {
  const said = label === null ? 'Not sure: ' + top[0].label + ' is likeliest' : label
  const rows = top.map(({ label, probability }) => {
    const bar = make('i')
    bar.style.width = percent(probability).replace(' ', '')
    const track = make('span', { className: 'bar' }, bar)
    track.setAttribute('aria-hidden', 'true')
    return make('li', {}, make('span', { textContent: label }), make('span', { className: 'share', textContent: percent(probability) }), track)
  })
  const list = make('ol', { className: 'top' }, ...rows)
  list.setAttribute('aria-label', 'Likeliest labels of ' + item.firstChild.textContent)
  item.lastChild.replaceWith(list)
  say(item.firstChild.textContent + ': ' + said + ', ' + percent(probability) + '.')
}

function fail(item, message) {
  item.lastChild.replaceWith(make('p', { className: 'error', textContent: message }))
  say(item.firstChild.textContent + ': ' + message)
}

$('files').addEventListener('change', ({ target }) => { add(target.files); target.value = '' })
addEventListener('paste', ({ clipboardData }) => { if (clipboardData.files.length > 0) add(clipboardData.files) })
addEventListener('dragover', (event) => { event.preventDefault(); document.body.classList.add('over') })
addEventListener('dragleave', ({ relatedTarget }) => { if (!relatedTarget) document.body.classList.remove('over') })
addEventListener('drop', (event) => { event.preventDefault(); document.body.classList.remove('over'); add(event.dataTransfer.files) })
`
