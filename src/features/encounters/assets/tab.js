/**
 * One tab per door: two tabs of one browser would fight over the camera and the place in the room. The first holds a lock; a later one
 * says so and offers to take over. Events on the body: `alcove:tab-here`, `alcove:tab-elsewhere`.
 */
const root = document.querySelector('[data-tab]');
const notice = document.querySelector('[data-tab-elsewhere]');
const TRIES = 8;
const PAUSE_MS = 150;

function say(here) {
  if (notice) notice.hidden = here;
  document.body.dispatchEvent(new CustomEvent(here ? 'alcove:tab-here' : 'alcove:tab-elsewhere'));
}

/** Holds the lock until the page goes. Resolves to false when another tab has it. */
async function hold(options) {
  let held = false;
  try {
    await navigator.locks.request(`alcove-${root.dataset.tab}`, options, (lock) => {
      if (!lock) return undefined;
      held = true;
      say(true);
      return new Promise(() => {});
    });
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
    // Another tab took the lock.
    say(false);
    return true;
  }
  return held;
}

async function start() {
  if (!navigator.locks) {
    say(true);
    return;
  }
  // The page before this one in the same tab may still be letting go.
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (await hold({ ifAvailable: true })) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  say(false);
}

if (root) {
  document.querySelector('[data-tab-here]')?.addEventListener('click', () => hold({ steal: true }));
  await start();
}
