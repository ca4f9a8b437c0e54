/** A class as Keras writes it in names: Conv2D → conv2d, PReLU → p_re_lu. Source: keras 3.15, src/utils/naming.py. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
