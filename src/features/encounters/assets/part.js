/**
 * Live parts of a page. `<div data-part="/url" data-part-on="alcove:waiting" data-part-page="/page">` asks for its content again when the
 * event comes; 204 means "as you have it", a redirect or a refusal means that the page itself has changed, so it is opened again.
 * Forms with `data-act` inside are sent without leaving the page.
 */
const RETRY_MS = 3_000;

for (const part of document.querySelectorAll('[data-part]')) {
  let asking = false;
  let again = false;

  const refresh = async () => {
    if (asking || isTyping(part)) {
      again = true;
      return;
    }
    asking = true;
    again = false;
    try {
      const address = new URL(part.dataset.part, location.href);
      const mark = part.querySelector('[data-mark]')?.dataset.mark;
      if (mark) address.searchParams.set('seen', mark);
      const answer = await ask(address);
      if (answer.moved) location.assign(part.dataset.partPage);
      else if (answer.status === 200) replace(part, answer.document);
      else if (answer.status >= 500) retry();
      else if (answer.status !== 204) location.assign(part.dataset.partPage);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      retry();
    } finally {
      asking = false;
    }
    if (again) await refresh();
  };
  const retry = () => setTimeout(refresh, RETRY_MS);

  document.body.addEventListener(part.dataset.partOn, refresh);
  part.addEventListener('focusout', () => setTimeout(() => again && refresh(), 0));
  part.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!form.matches('form[data-act]')) return;
    event.preventDefault();
    const button = event.submitter;
    if (button) button.disabled = true;
    try {
      await fetch(form.action, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'X-Alcove-Part': '1', Accept: 'application/json' },
        body: new URLSearchParams(new FormData(form)),
      });
      form.reset();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    } finally {
      if (button) button.disabled = false;
    }
    // Whatever the answer was: the list as it is now says what is so.
    await refresh();
  });
}

/** Somebody writes a message: the list may wait. */
function isTyping(part) {
  const active = document.activeElement;
  return part.contains(active) && active.matches('input[type="text"], textarea') && active.value !== '';
}

/** The server could not be reached. */
class NoAnswer extends Error {}

/**
 * Asks for a document, so that only what this server answers becomes nodes, and never a text of ours.
 * @param {URL} address
 * @returns {Promise<{ status: number, moved: boolean, document: Document | null }>}
 */
function ask(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', address);
    request.responseType = 'document';
    // An empty answer has no type, would be read as XML and become a page of parser errors.
    request.overrideMimeType('text/html');
    request.setRequestHeader('X-Alcove-Part', '1');
    request.addEventListener('load', () =>
      resolve({
        status: request.status,
        moved: request.responseURL !== address.href,
        document: request.responseXML,
      }),
    );
    request.addEventListener('error', () => reject(new NoAnswer()));
    request.send();
  });
}

/** What a part says, in its own mark where it has one: the same again changes nothing and is not announced twice. */
const contentOf = (element) => element.querySelector('[data-mark]')?.dataset.mark ?? element.textContent;

function replace(part, fresh) {
  const content = contentOf(fresh.body);
  if (contentOf(part) === content) return;
  const open = new Set([...part.querySelectorAll('details[data-keep][open]')].map((element) => element.dataset.keep));
  const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
  for (const details of fresh.querySelectorAll('details[data-keep]')) details.open = open.has(details.dataset.keep);
  part.replaceChildren(...fresh.body.childNodes);
  if (focused) document.getElementById(focused)?.focus();
  part.dispatchEvent(new CustomEvent('alcove:part', { bubbles: true }));
}
