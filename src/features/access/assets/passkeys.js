import { csrfToken } from '../csrf.js';
import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
} from './webauthn.js';

/**
 * Forms with `data-passkey` ask the browser for a passkey (`get`) or to make one (`make`) and then send its answer like any other form;
 * the server decides, and its answer is a page. Without scripts or without passkeys these forms stay hidden and the other ways remain.
 */
const ASK = { get: startAuthentication, make: startRegistration };
/** A question is good for five minutes; a page that stays open asks a new one before that. In milliseconds. */
const RENEW_EVERY = 4 * 60_000;
/** What the browser says, and which of the words of the form fits. The rest means that something went wrong on the way. */
const WORDS = { NotAllowedError: 'refused', InvalidStateError: 'known', NotSupportedError: 'unable' };

/** True while the browser's own window is open because somebody asked for it. */
let asked = false;

if (browserSupportsWebAuthn()) {
  for (const part of document.querySelectorAll('[data-with-passkeys]')) part.hidden = false;
  for (const part of document.querySelectorAll('[data-without-passkeys]')) part.hidden = true;
  for (const form of document.querySelectorAll('form[data-passkey]'))
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void run(form, false);
    });
  const offered = document.querySelector('form[data-passkey-autofill]');
  if (offered && (await browserSupportsWebAuthnAutofill())) {
    setInterval(() => asked || void run(offered, true), RENEW_EVERY);
    await run(offered, true);
  }
}

/** @param quietly true when nobody asked: the browser offers passkeys inside the email field, and nothing is said when it does not work */
async function run(form, quietly) {
  if (!quietly) {
    if (asked) return;
    asked = true;
    say(form, undefined);
  }
  try {
    const optionsJSON = await optionsFor(form);
    const answer = await ASK[form.dataset.passkey]({ optionsJSON, useBrowserAutofill: quietly });
    form.elements.answer.value = JSON.stringify(answer);
    // Sent by script, so it does not come back here.
    form.submit();
  } catch (error) {
    // A later question took this one's place, or nobody had asked for it.
    if (quietly || error.code === 'ERROR_CEREMONY_ABORTED') return;
    say(form, WORDS[error.name] ?? 'failed');
  } finally {
    if (!quietly) asked = false;
  }
}

async function optionsFor(form) {
  const response = await fetch(form.dataset.options, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-Token': csrfToken() },
    body: '{}',
  });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json();
}

function say(form, word) {
  const place = form.querySelector('[data-said]');
  place.hidden = word === undefined;
  place.querySelector('[data-text]').textContent = word === undefined ? '' : place.dataset[word];
}
