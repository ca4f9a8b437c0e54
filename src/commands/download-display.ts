import type { DownloadProgress } from '../backbones/backbone.js'
import { duration } from './format.js'
import type { ProgressDisplay, Terminal } from './terminal.js'

/** Shows downloads as they come in, one display after the other; `stop` takes away what still stands. */
export function downloadDisplay(terminal: Terminal): { onDownload(progress: DownloadProgress): void; stop(): void } {
  let shown: { readonly display: ProgressDisplay; readonly since: number; readonly from: number } | undefined
  const stop = () => {
    shown?.display.stop()
    shown = undefined
  }
  const onDownload = ({ file, received, total }: DownloadProgress) => {
    shown ??= { display: terminal.progress(), since: performance.now(), from: received }
    const seconds = (performance.now() - shown.since) / 1000
    const rate = seconds > 0 ? (received - shown.from) / seconds : 0
    shown.display.update(megabytes(received), megabytes(total ?? received), downloadNote({ file, received, total, rate }))
    if (received === total) stop()
  }
  return { onDownload, stop }
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6)

/** @param rate bytes per second, 0 where it is not known yet. */
function downloadNote({ file, received, total, rate }: DownloadProgress & { readonly rate: number }): string {
  const speed = rate > 0 ? `, ${(rate / 1e6).toFixed(1)} MB/s` : ''
  const left = rate > 0 && total !== undefined ? `, ${duration((total - received) / rate)} left` : ''
  return `MB of ${file}${speed}${left}`
}
