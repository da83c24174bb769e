/* global document, matchMedia */
// Before the first paint, so that a dark page does not flash: swagger-ui knows a class, not the media query.
{
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', follow);
  follow();
}
