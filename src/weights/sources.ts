import type { WeightSource } from './weight-source.js'

/** Addresses, names and md5 as keras 3.15.1 states them in src/applications/*.py for include_top=False. */
const kerasAddress = 'https://storage.googleapis.com/tensorflow/keras-applications'
const kerasVersion = 'keras 3.15.1'

/** Addresses as torchvision 0.29.2 states them in models/resnet.py (IMAGENET1K_V1); a file's name ends in the first 8 digits of its sha256. */
const torchAddress = 'https://download.pytorch.org/models'
const torchVersion = 'torchvision 0.29.2'

/**
 * The official weights of each architecture by its name.
 *
 * Limits are about twice the weights as float32. keras states no checksum for MobileNet and MobileNetV2.
 */
export const weightSources: Readonly<Record<string, WeightSource>> = {
  inceptionv3: keras('inception_v3', 'inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5', 167, 'bcbd6486424b2319ff4ef7d526e38f63'),
  vgg16: keras('vgg16', 'vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5', 113, '6d6bbae143d832006294945121d1f1fc'),
  vgg19: keras('vgg19', 'vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5', 153, '253f8cb515780f3b799900260a226db6'),
  resnet50: keras('resnet', 'resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5', 180, '4d473c1dd8becc155b73f8504c6f6626'),
  resnet50v2: keras('resnet', 'resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5', 180, 'fac2f116257151a9d068a22e544a4917'),
  mobilenet: keras('mobilenet', 'mobilenet_1_0_224_tf_no_top.h5', 25, undefined),
  mobilenetv2: keras('mobilenet_v2', 'mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5', 18, undefined),
  xception: keras('xception', 'xception_weights_tf_dim_ordering_tf_kernels_notop.h5', 160, 'b0042744bf5b25fce3cb969f33bebb97'),
  densenet121: keras('densenet', 'densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5', 54, '30ee3e1110167f948a6b9946edeeb738'),
  resnet18: torch('resnet18-f37072fd.pth', 90),
  resnet34: torch('resnet34-b627a593.pth', 167),
  'resnet50.torch': torch('resnet50-0676ba61.pth', 196),
}

function keras(folder: string, file: string, maxMebibytes: number, md5: string | undefined): WeightSource {
  return {
    file,
    url: `${kerasAddress}/${folder}/${file}`,
    checksum: md5 === undefined ? undefined : { algorithm: 'md5', hex: md5 },
    maxBytes: maxMebibytes * 2 ** 20,
    statedBy: kerasVersion,
  }
}

function torch(file: string, maxMebibytes: number): WeightSource {
  const hex = /-([0-9a-f]{8})\.pth$/.exec(file)?.[1] ?? ''
  return {
    file,
    url: `${torchAddress}/${file}`,
    checksum: { algorithm: 'sha256', hex },
    maxBytes: maxMebibytes * 2 ** 20,
    statedBy: torchVersion,
  }
}
