/*
 * Runs before the first paint so that a dark screen never flashes white. It is a file of its own
 * because the page's content security policy forbids inline scripts.
 */
(function () {
  let saved = {};
  try {
    saved = JSON.parse(localStorage.getItem('daftari.preferences') || '{}') || {};
  } catch {
    /* Storage may be blocked; the defaults below are used then. */
  }
  const isDark =
    saved.theme === 'dark' ||
    (saved.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', isDark);
  if (saved.locale === 'sw') document.documentElement.lang = 'sw';
})();
