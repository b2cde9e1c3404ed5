// Runs a network in ONNX Runtime on one thread, on random pictures, and prints the milliseconds of each run.
// usage: node onnxruntime.mjs FILE RUNS N C H W
import ort from 'onnxruntime-node'

const [file, runs, ...shape] = process.argv.slice(2).map((word, i) => (i === 0 ? word : Number(word)))
const session = await ort.InferenceSession.create(file, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
})
const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 2 * Math.random() - 1)
const pictures = { [session.inputNames[0]]: new ort.Tensor('float32', values, shape) }
await session.run(pictures) // prepares
const milliseconds = []
for (let run = 0; run < runs; ++run) {
  const begin = performance.now()
  await session.run(pictures)
  milliseconds.push(performance.now() - begin)
}
console.log(milliseconds.join('\n'))
