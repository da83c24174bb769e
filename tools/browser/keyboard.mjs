/* global document, getComputedStyle */
import assert from 'node:assert/strict';

/** Presses Tab until the wanted element has the focus; at each stop the focus must be visible. */
export async function tabTo(page, selector, { key = 'Tab', most = 80 } = {}) {
  for (let pressed = 0; pressed < most; pressed += 1) {
    await page.keyboard.press(key);
    const stop = await page.evaluate((wanted) => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return {
        there: element.matches(wanted),
        seen: element === document.body || (outlineStyle !== 'none' && outlineWidth !== '0px'),
        what: element.outerHTML.slice(0, 160),
      };
    }, selector);
    assert.ok(stop.seen, `the focus is not seen on ${stop.what}`);
    if (stop.there) return;
  }
  assert.fail(`${most} times ${key} do not reach ${selector}`);
}

/** The element with the focus: its id, or its text. */
export function focused(page) {
  return page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
}
