import { startClock } from './clock.js';
import { startCsrf } from './csrf.js';
import { startForms } from './forms.js';
import { startLive } from './live.js';
import { startShortcuts } from './shortcuts.js';

// The entry of every page. Each part looks for what it needs and does nothing where that is missing.
startCsrf();
startForms();
startShortcuts();
startClock();
if (document.body.dataset.live) startLive(document.body.dataset.live);
