/* global clearTimeout, setTimeout */

/** How long a success stays: what it says is seen elsewhere too. */
const success_ms = 10_000;

/** Says what came of something: to the eye until it is dismissed or replaced, and to screen readers. */
export function createOutcome(document) {
  const box = document.getElementById('outcome');
  const text = document.getElementById('outcome-text');
  const announcement = document.getElementById('announcement');
  document.getElementById('outcome-close').addEventListener('click', () => (box.hidden = true));
  let timer;
  return {
    say(message, kind = 'done') {
      text.textContent = message;
      box.dataset.kind = kind;
      box.hidden = false;
      announcement.textContent = message;
      clearTimeout(timer);
      if (kind === 'done') timer = setTimeout(() => (box.hidden = true), success_ms);
    },
    /** What is to be seen anyway, for those who do not see it. */
    announce: (message) => (announcement.textContent = message),
    /** @param {Error} error */
    fail(error) {
      if (error.told !== true) this.say(error.message, 'failed');
    },
  };
}
