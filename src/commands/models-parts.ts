import type { CommandFactory } from './command.js'
import { modelsAdd } from './models-add.js'
import { modelsCompare } from './models-compare.js'
import { modelsList } from './models-list.js'
import { modelsRemove } from './models-remove.js'
import { modelsShow } from './models-show.js'
import { modelsVerify } from './models-verify.js'

/** In the order of the help. */
export const modelsParts: readonly CommandFactory[] = [modelsList, modelsShow, modelsVerify, modelsCompare, modelsAdd, modelsRemove]
