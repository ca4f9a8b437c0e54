/**
 * The Huffman tables that libjpeg-turbo takes where a file has none of its own, as frames of Motion JPEG: the content of four
 * table segments, luminance and chrominance, DC and AC. Source: ITU T.81, K.3.3.
 */
export const standardTables: readonly Buffer[] = [
  'AAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgs=',
  'EAACAQMDAgQDBQUEBAAAAX0BAgMABBEFEiExQQYTUWEHInEUMoGRoQgjQrHBFVLR8CQzYnKCCQoWFxgZGiUmJygpKjQ1Njc4OTpDREVGR0hJSlNUVVZXWFlaY2RlZmdoaWpzdHV2d3h5eoOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4eLj5OXm5+jp6vHy8/T19vf4+fo=',
  'AQADAQEBAQEBAQEBAAAAAAAAAQIDBAUGBwgJCgs=',
  'EQACAQIEBAMEBwUEBAABAncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqCg4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2dri4+Tl5ufo6ery8/T19vf4+fo=',
].map((segment) => Buffer.from(segment, 'base64'))
