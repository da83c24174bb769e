/* global document, getComputedStyle, innerWidth */

/** Fields and buttons without a name. Runs in the page. */
export function nameless() {
  const named = (element) =>
    element.labels?.length > 0 ||
    element.getAttribute('aria-label') ||
    element.getAttribute('aria-labelledby') ||
    element.textContent.trim() !== '' ||
    element.title;
  const fields = [
    .../** @type {NodeListOf<HTMLElement>} */ (
      document.querySelectorAll('input, select, textarea, button, summary, a[href], [tabindex="0"]')
    ),
  ];
  return fields
    .filter((field) => field.offsetParent !== null && !named(field))
    .map((field) => field.outerHTML.slice(0, 160));
}

/**
 * The number of pixels by which the page is wider than its window, and the elements that cause it. Runs in the page.
 */
export function tooWide() {
  const over = document.documentElement.scrollWidth - innerWidth;
  if (over <= 0) return [];
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.outerHTML.slice(0, 120));
}

/** Texts with less contrast than WCAG AA requires. Runs in the page. */
export function pale() {
  const parse = (color) => {
    const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  };
  const over = (top, below) => ({
    red: top.red * top.alpha + below.red * (1 - top.alpha),
    green: top.green * top.alpha + below.green * (1 - top.alpha),
    blue: top.blue * top.alpha + below.blue * (1 - top.alpha),
    alpha: 1,
  });
  const ground = (element) => {
    if (element === null) return { red: 255, green: 255, blue: 255, alpha: 1 };
    const own = parse(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own : over(own, ground(element.parentElement));
  };
  const light = ({ red, green, blue }) => {
    const [r, g, b] = [red, green, blue].map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = new Map();
  const elements = /** @type {NodeListOf<HTMLElement & { disabled?: boolean }>} */ (
    document.querySelectorAll('body *')
  );
  for (const element of elements) {
    const text = [...element.childNodes]
      .filter((node) => node.nodeType === 3)
      .map((node) => node.nodeValue.trim())
      .join(' ')
      .trim();
    if (
      text === '' ||
      element.offsetParent === null ||
      element.disabled ||
      !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    )
      continue;
    const style = getComputedStyle(element);
    if (style.clipPath !== 'none') continue;
    const below = ground(element);
    const [a, b] = [light(over(parse(style.color), below)), light(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5))
      found.set(
        `${element.className} ${style.color}`,
        `${ratio.toFixed(2)} <${element.localName} class="${element.className}"> ${style.color} "${text.slice(0, 40)}"`,
      );
  }
  return [...found.values()];
}
