/** Specifications by name. */
export const presets: Readonly<Record<string, string>> = {
  /** ImageDataGenerator(rotation_range=40, width_shift_range=.2, height_shift_range=.2, zoom_range=.2, horizontal_flip=True), without its shear. */
  keras: 'flip,zoom:0.2,shift:0.2,rotate:40',
  /** aug_transforms() of fastai 2 with its defaults, without its warp; zoom is about the middle. */
  fastai: 'flip,zoom:1-1.1@0.75,rotate:10@0.75,lighting:0.2@0.75',
}
