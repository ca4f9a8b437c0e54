/** 1088000000 → '1088 MB', rounded up: what is needed, or given, in a message. */
export const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`
