// Classifies an image with the model beside this page. model.metadata says how an image is prepared and what the classes are called;
// the network takes the resized pixels as they are, 0…255, and does the rest inside.
import { resize } from './resample.js'

const TOP = 5
/** TensorFlow.js as modern browsers take it: smaller, and the page's policy need not allow eval, as it must for tf.min.js. */
const SCRIPT = 'tf.es2017.min.js'
const [drop, file, status, result, image, answers] = ['drop', 'file', 'status', 'result', 'image', 'answers'].map((id) =>
  document.getElementById(id),
)

const model = await load()
if (model) {
  say('Ready.')
  file.disabled = false
  file.addEventListener('change', () => show(file.files[0]))
  addEventListener('dragover', (event) => {
    event.preventDefault()
    drop.classList.add('over')
  })
  addEventListener('dragleave', () => drop.classList.remove('over'))
  addEventListener('drop', (event) => {
    event.preventDefault()
    drop.classList.remove('over')
    show(event.dataTransfer.files[0])
  })
}

async function load() {
  say('Loading the network …')
  if (!globalThis.tf) return say(`${SCRIPT} is not there. Put node_modules/@tensorflow/tfjs/dist/${SCRIPT} beside this page.`, true)
  try {
    await tf.ready()
    return await tf.loadGraphModel('./model.json')
  } catch (error) {
    return say(`The network cannot be loaded: ${error.message}`, true)
  }
}

/** The latest image: an answer that comes after a newer image was dropped is not shown. */
let latest

async function show(chosen) {
  if (!chosen) return
  latest = chosen
  say('Looking …')
  try {
    const start = performance.now()
    const probabilities = await classify(chosen)
    if (latest !== chosen) return
    URL.revokeObjectURL(image.src)
    image.src = URL.createObjectURL(chosen)
    image.alt = chosen.name
    answers.replaceChildren(...best(probabilities).map(answer))
    result.hidden = false
    say(`${Math.round(performance.now() - start)} ms on ${tf.getBackend()}.`)
  } catch (error) {
    result.hidden = true
    say(`${chosen.name} cannot be classified: ${error.message}`, true)
  }
}

/** A file → the probability of each class. */
export async function classify(chosen) {
  const { labels, preprocessing } = model.metadata
  const { size, resize: rule } = preprocessing
  const pixels = Float32Array.from(resize(await decode(chosen), size, rule))
  const batch = Math.max(model.inputs[0].shape[0], 1) // −1 where it is open
  const output = tf.tidy(() => model.predict(tf.tile(tf.tensor4d(pixels, [1, size, size, 3]), [batch, 1, 1, 1])))
  try {
    return (await output.data()).slice(0, labels.length)
  } finally {
    output.dispose()
  }
}

/** RGB pixels as they are stored, turned upright; on white where the image is transparent. */
async function decode(chosen) {
  const { exif, alpha } = model.metadata.preprocessing
  const bitmap = await createImageBitmap(exif ? chosen : await withoutExif(chosen), { colorSpaceConversion: 'none' })
  const { width, height } = bitmap
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (alpha === 'white') {
    context.fillStyle = '#fff'
    context.fillRect(0, 0, width, height)
  }
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  const { data } = context.getImageData(0, 0, width, height)
  const pixels = new Uint8Array(width * height * 3)
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    pixels[to] = data[from]
    pixels[to + 1] = data[from + 1]
    pixels[to + 2] = data[from + 2]
  }
  return { pixels, width, height }
}

/** A JPEG whose EXIF data goes by no name, for networks that take images as they are stored: browsers always turn what EXIF says to turn. */
async function withoutExif(chosen) {
  const bytes = new Uint8Array(await chosen.arrayBuffer())
  const [START, SCAN, APP1] = [0xffd8, 0xffda, 0xffe1]
  const word = (at) => (bytes[at] << 8) | bytes[at + 1]
  if (word(0) !== START) return chosen
  for (let at = 2; word(at) > 0xff00 && word(at) !== SCAN; at += 2 + word(at + 2)) {
    if (word(at) === APP1) bytes.fill(0, at + 4, at + 8)
  }
  return new Blob([bytes], { type: chosen.type })
}

/** The most likely classes, the first one first. */
function best(probabilities) {
  const named = Array.from(probabilities, (probability, at) => ({ label: model.metadata.labels[at], probability }))
  return named.sort((a, b) => b.probability - a.probability).slice(0, TOP)
}

/** A class as a line and a bar; its label is text, whatever stands in it. */
function answer({ label, probability }) {
  const percent = `${(100 * probability).toFixed(1)} %`
  const bar = part('div', 'bar')
  bar.style.width = `${100 * probability}%`
  const [line, track] = [part('div', 'line'), part('div', 'track')]
  line.append(part('span', '', label), part('span', '', percent))
  track.append(bar)
  const item = part('li', '')
  item.append(line, track)
  return item
}

function part(name, className, text = '') {
  return Object.assign(document.createElement(name), { className, textContent: text })
}

function say(text, isBad = false) {
  status.textContent = text
  status.classList.toggle('bad', isBad)
}
