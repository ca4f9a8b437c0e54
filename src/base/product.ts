/** The numbers of an array of this shape; 1 where it has no sides. */
export const product = (shape: readonly number[]) => shape.reduce((all, side) => all * side, 1)
