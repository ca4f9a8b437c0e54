import { writeFileSync } from 'node:fs'
import { node } from '../dist/graph/graph.js'
import { writeOnnx } from '../dist/graph/write-onnx.js'
import { seededRandom } from '../dist/base/random.js'
const rnd = seededRandom(1)
const f32=(dims)=>{const n=dims.reduce((a,b)=>a*b,1);return {type:'float32',dims,bytes:new Uint8Array(Float32Array.from({length:n},()=>rnd()-0.5).buffer)}}
const io=(name,dims,type='float32')=>({name,type,dims})
const mk=(name,nodes,init,extra={})=>writeFileSync(`/tmp/qa/${name}.onnx`,writeOnnx({inputs:[io('x',[null,3,8,8])],outputs:[io('y',undefined)],nodes,initializers:new Map(Object.entries(init)),opsets:new Map([['',17]]),...extra}))
mk('good',[node('Conv','y',['x','w'])],{w:f32([4,3,3,3])})
mk('missing',[node('Conv','y',['x','nowhere'])],{})
mk('badop',[node('Konv','y',['x'])],{})
mk('badshape',[node('Conv','y',['x','w'])],{w:f32([4,5,3,3])})
mk('intout',[node('Shape','y',['x'])],{},{outputs:[io('y',[4],'int64')]})
mk('notbatch',[node('Shape','s',['x']),node('Flatten','f',['x']),node('Transpose','y',['f'])],{})
mk('runtimefail',[node('Reshape','y',['x','s'])],{s:{type:'int64',dims:[2],bytes:new Uint8Array(BigInt64Array.from([1n,192n]).buffer)}})
mk('dyn-1',[node('Conv','y',['x','w'])],{w:f32([4,3,3,3])},{inputs:[io('x',[-1,3,-1,-1])]})
mk('opset21',[node('Conv','y',['x','w'])],{w:f32([4,3,3,3])},{opsets:new Map([['',21]])})
