/** The countdown to the next session goes on while the page is open; at the start the page is asked for again. */
const element = document.querySelector('[data-countdown]');
const CHECK_MS = 30_000;

if (element) {
  const startsAt = new Date(element.dataset.countdown).getTime();
  let shown = minutesLeft();
  setInterval(() => {
    const left = minutesLeft();
    // The server has the words in every language: near the session each minute counts, far away an hour does.
    if (left !== shown && (left <= 90 || Math.abs(left - shown) >= 60)) {
      shown = left;
      location.reload();
    }
  }, CHECK_MS);

  function minutesLeft() {
    return Math.max(0, Math.ceil((startsAt - Date.now()) / 60_000));
  }
}

/** Quick exit: signs out and leaves an empty page behind; going back does not return here. */
document.querySelector('[data-quick-exit]')?.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  void fetch(form.action, {
    method: 'POST',
    body: new URLSearchParams(new FormData(form)),
    redirect: 'manual',
    keepalive: true,
  });
  location.replace('about:blank');
});
