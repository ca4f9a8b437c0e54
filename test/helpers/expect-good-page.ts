import type { Browser } from 'playwright-core'
import { expect } from 'vitest'
import { openPage, type View, violations } from './chromium.js'

const views: readonly View[] = [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { width: 390 }]

/** Opens a page in light, dark and on a phone: it says nothing, asks for nothing, is accessible, and never scrolls sideways. */
export async function expectGoodPage(browser: Browser, file: string): Promise<void> {
  for (const view of views) {
    const { page, messages, requests } = await openPage(browser, file, view)
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    const found = await violations(page)
    await page.close()
    expect({ view, messages, requests, found, isWider: width > (view.width ?? 1280) }).toEqual({
      view,
      messages: [],
      requests: [],
      found: [],
      isWider: false,
    })
  }
}
