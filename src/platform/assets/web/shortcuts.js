const SETTING = 'alcove.shortcuts';

/**
 * `/` goes to the search, `?` shows the list of keys. Single keys disturb people who dictate, so the list has a switch that turns
 * them off for this browser.
 */
export function startShortcuts() {
  const search = document.querySelector('[data-shortcut="search"]');
  const help = document.querySelector('[data-shortcut="help"]');
  if (!help) return;
  const setting = help.querySelector('[data-shortcut="enabled"]');
  setting.checked = localStorage.getItem(SETTING) !== 'off';
  setting.closest('[hidden]')?.removeAttribute('hidden');
  setting.addEventListener('change', () => localStorage.setItem(SETTING, setting.checked ? 'on' : 'off'));

  document.addEventListener('keydown', (event) => {
    if (!setting.checked || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === '/' && search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === '?') {
      event.preventDefault();
      help.togglePopover();
    }
  });
}

const isTyping = (target) =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
