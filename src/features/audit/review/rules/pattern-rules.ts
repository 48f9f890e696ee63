import type { Act, Found, Rule } from '../act.js';
import { each, findingOf } from './tally.js';

/** The day of the practice, in full hours: from 6 in the morning to 9 in the evening. */
const OPENS = 6;
const CLOSES = 21;

/** Clients opened in one hour that are many for anybody. */
const BULK = 40;
/** Many for this person: three times their usual hour, once it is more than a busy day's handful. */
const TIMES_USUAL = 3;
const USUAL_AT_LEAST = 15;

const REFUSALS_A_DAY = 10;
const FAILURES_AN_HOUR = 10;

/** At night or on a weekend, without an appointment of theirs near. */
export const afterHours: Rule = {
  id: 'after-hours',
  begin: () =>
    each(
      'after-hours',
      false,
      (act) =>
        act.staff &&
        act.outcome === 'ok' &&
        act.group === 'opened' &&
        !act.atWork &&
        (act.weekend || act.hour < OPENS || act.hour >= CLOSES),
    ),
};

interface Hour {
  readonly clients: Set<string>;
  first: Act;
  last: Act;
}

interface Reader {
  hour: Hour;
  key: string;
  /** Clients of each hour that is over. */
  readonly counts: number[];
  most: { readonly clients: number; readonly first: Act; readonly last: Act };
}

/** Many different clients in one hour. Only the hour that is going on is held in full. */
export const bulk: Rule = {
  id: 'bulk',
  begin: () => {
    const readers = new Map<string, Reader>();
    return {
      see: (act) => {
        if (!act.staff || act.outcome !== 'ok' || act.group !== 'opened' || act.clientId === null) return;
        const key = `${act.day} ${act.hour}`;
        const reader = readers.get(act.actorId);
        if (!reader) {
          const hour = { clients: new Set([act.clientId]), first: act, last: act };
          readers.set(act.actorId, { hour, key, counts: [], most: { clients: 1, first: act, last: act } });
          return;
        }
        if (reader.key !== key) {
          reader.counts.push(reader.hour.clients.size);
          reader.hour = { clients: new Set(), first: act, last: act };
          reader.key = key;
        }
        const { hour } = reader;
        hour.clients.add(act.clientId);
        hour.last = act;
        if (hour.clients.size > reader.most.clients)
          reader.most = { clients: hour.clients.size, first: hour.first, last: act };
      },
      found: () => [...readers.values()].flatMap(bulkOf),
    };
  },
};

function bulkOf({ hour, counts, most }: Reader): Found[] {
  const all = [...counts, hour.clients.size].sort((a, b) => a - b);
  // The lower middle: a week of two hours, one of them wild, must not take the wild one for the usual.
  const usual = all[Math.floor((all.length - 1) / 2)];
  const unusual = most.clients > USUAL_AT_LEAST && all.length > 1 && most.clients > TIMES_USUAL * usual;
  if (most.clients <= BULK && !unusual) return [];
  return [
    findingOf('bulk', most.first, most.last, most.clients, {
      clientId: null,
      facts: { clients: most.clients, usual },
    }),
  ];
}

interface Run {
  first: Act;
  last: Act;
  count: number;
  key: string;
}

/** The largest number of matching acts within one stretch of time, per whoever they are counted for. */
class Peaks {
  private readonly now = new Map<string, Run>();
  private readonly best = new Map<string, Run>();

  constructor(private readonly least: number) {}

  add(whom: string, stretch: string, act: Act): void {
    let run = this.now.get(whom);
    if (!run || run.key !== stretch) {
      run = { first: act, last: act, count: 0, key: stretch };
      this.now.set(whom, run);
    }
    run.count++;
    run.last = act;
    const best = this.best.get(whom);
    if (run.count >= this.least && (!best || run.count > best.count)) this.best.set(whom, { ...run });
  }

  peaks(): [string, Run][] {
    return [...this.best];
  }
}

/** Tried again and again what is not theirs. */
export const refusals: Rule = {
  id: 'refusals',
  begin: () => {
    const peaks = new Peaks(REFUSALS_A_DAY);
    return {
      see: (act) => {
        if (act.actorKind === 'system' || act.outcome !== 'refused' || act.group === 'entered') return;
        peaks.add(`${act.actorKind} ${act.actorId}`, act.day, act);
      },
      found: () =>
        peaks
          .peaks()
          .map(([, { first, last, count }]) =>
            findingOf('refusals', first, last, count, { clientId: null, facts: {} }),
          ),
    };
  },
};

/** Many failed sign-ins in one hour on one account (or on addresses that nobody has). */
export const signInFailures: Rule = {
  id: 'sign-in-failures',
  begin: () => {
    const peaks = new Peaks(FAILURES_AN_HOUR);
    return {
      see: (act) => {
        if (act.group !== 'entered' || act.outcome === 'ok' || act.object === null) return;
        peaks.add(act.object, `${act.day} ${act.hour}`, act);
      },
      found: () =>
        peaks.peaks().map(([whom, { first, last, count }]) => ({
          ...findingOf('sign-in-failures', first, last, count, { clientId: null, facts: {} }),
          // The account that was tried, for the server recorded it and nobody was signed in.
          actorKind: 'account',
          actorId: whom.replace('account:', ''),
        })),
    };
  },
};
