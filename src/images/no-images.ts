import { UserError } from '../base/errors.js'

/** A data folder that is there and holds no images yet: a failure for a command that needs some now, a matter of time for one that waits. */
export class NoImages extends UserError {}
