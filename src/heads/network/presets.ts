/** Heads by name. Where published ones leave out a bias before a batch norm, these have it: the norm takes it off again. */
export const presets: ReadonlyMap<string, string> = new Map([
  ['dense', 'avgpool,dense:1024:relu,softmax'], // Keras' transfer-learning examples with InceptionV3
  ['keras-resnet', 'avgpool,bn,dropout:0.5,dense:512:relu,bn,dropout:0.5,softmax'],
  ['food', 'flatten,dense:4096:relu,dense:1072:relu,dropout:0.2,softmax'],
  ['fastai', 'concatpool,bn:0.9:1e-5,dropout:0.25,dense:512:relu,bn:0.9:1e-5,dropout:0.5,softmax'], // fast.ai's create_head
])
