const RELEASE_AFTER_MS = 10_000;

/** Forms that are on their way; another press of the button does nothing until the answer is there. */
const busy = new WeakSet();

/** What was typed into forms with `data-keep`, by form id and field. Held in memory only: it is gone with the page. */
const typed = new Map();

/** Guards against double submits, keeps typed text over live refreshes, and leads to the list of faults. */
export function startForms() {
  document.addEventListener('submit', onSubmit);
  document.addEventListener('input', remember);
  document.addEventListener('htmx:after:swap', () => {
    restore();
    focusFaults();
  });
  // A page that comes back from the browser's cache must be usable again.
  addEventListener('pageshow', () => document.querySelectorAll('form').forEach(release));
  focusFaults();
}

function onSubmit(event) {
  const form = event.target;
  // Forms that a script sends keep order themselves.
  if (form.method !== 'post' || event.defaultPrevented) return;
  if (busy.has(form)) {
    event.preventDefault();
    return;
  }
  busy.add(form);
  form.setAttribute('aria-busy', 'true');
  forget(form);
  setTimeout(() => release(form), RELEASE_AFTER_MS);
}

function release(target) {
  const form = target instanceof Element ? target.closest('form') : null;
  if (!form) return;
  busy.delete(form);
  form.removeAttribute('aria-busy');
}

function remember({ target }) {
  const form = target.form;
  if (!form?.id || form.dataset.keep === undefined || !target.name || target.type === 'password') return;
  const fields = typed.get(form.id) ?? new Map();
  typed.set(form.id, fields.set(target.name, target.value));
}

function restore() {
  for (const [id, fields] of typed) {
    const form = document.getElementById(id);
    for (const [name, value] of fields) {
      const field = form?.elements.namedItem(name);
      if (field && 'value' in field && field.value !== value) field.value = value;
    }
  }
}

const forget = (form) => typed.delete(form.id);

function focusFaults() {
  document.querySelector('[data-error-summary]')?.focus();
}
