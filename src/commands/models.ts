import { commandGroup } from './command.js'
import { modelsAdd } from './models-add.js'
import { modelsCompare } from './models-compare.js'
import { modelsList } from './models-list.js'
import { modelsRemove } from './models-remove.js'
import { modelsShow } from './models-show.js'
import { modelsVerify } from './models-verify.js'

export const models = commandGroup('models', 'The networks: list, show, verify, compare; add and remove your own', [
  ...[modelsList, modelsShow, modelsVerify, modelsCompare],
  ...[modelsAdd, modelsRemove],
])
