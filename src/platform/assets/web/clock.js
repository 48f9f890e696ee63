const MINUTE_MS = 60_000;

/** Keeps `<time data-clock="America/Denver">` at the current minute of that zone. */
export function startClock() {
  const clocks = [...document.querySelectorAll('time[data-clock]')];
  if (clocks.length === 0) return;
  const locale = document.documentElement.lang === 'en' ? 'en-US' : document.documentElement.lang;
  const formats = clocks.map(
    (clock) => new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: clock.dataset.clock }),
  );
  const tick = () => {
    const now = new Date();
    clocks.forEach((clock, index) => {
      clock.dateTime = now.toISOString();
      clock.textContent = formats[index].format(now);
    });
    setTimeout(tick, MINUTE_MS - (now.getTime() % MINUTE_MS));
  };
  tick();
}
