import type { Architecture } from './architecture.js'
import { cnn7 } from './cnn7.js'
import { densenet121 } from './densenet121.js'
import { inceptionv3 } from './inceptionv3.js'
import { mobilenet } from './mobilenet.js'
import { mobilenetv2 } from './mobilenetv2.js'
import { resnet18 } from './resnet18.js'
import { resnet34 } from './resnet34.js'
import { resnet50 } from './resnet50.js'
import { resnet50Torch } from './resnet50-torch.js'
import { resnet50v2 } from './resnet50v2.js'
import { squeezenet } from './squeezenet.js'
import { vgg16 } from './vgg16.js'
import { vgg19 } from './vgg19.js'
import { xception } from './xception.js'

/** The networks that are built from weight files, by name. A new one is one file and one line here. */
export const architectures: ReadonlyMap<string, Architecture> = new Map(
  [
    ...[inceptionv3, vgg16, vgg19, resnet50, resnet50v2, mobilenet, mobilenetv2, xception, densenet121, squeezenet],
    ...[resnet18, resnet34, resnet50Torch],
    cnn7,
  ].map((architecture) => [architecture.name, architecture]),
)
