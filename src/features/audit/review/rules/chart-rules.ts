import type { Act, Rule } from '../act.js';
import { each, Tally } from './tally.js';

/** A person who works here looked at, or changed, one client's data. */
const touches = (act: Act): boolean =>
  act.staff && act.outcome === 'ok' && act.about !== null && (act.group === 'opened' || act.group === 'changed');

/** People ask for their own chart as every client does; they do not open it from inside. */
export const ownChart: Rule = {
  id: 'own-chart',
  begin: () => each('own-chart', true, (act) => touches(act) && act.about?.self === true),
};

/** Family is the most common reason to look where one should not. */
export const sameSurname: Rule = {
  id: 'same-surname',
  begin: () => each('same-surname', true, (act) => touches(act) && act.about?.sameSurname === true && !act.about.self),
};

/** The chart of a colleague, opened by anybody who is not treating them. */
export const colleagueChart: Rule = {
  id: 'colleague-chart',
  begin: () =>
    each(
      'colleague-chart',
      true,
      (act) => touches(act) && act.about?.colleague === true && !act.about.self && !act.about.inCare,
    ),
};

/** Neither in their care nor with an appointment that explains it. Emergency access explains itself, and is listed as such. */
export const notInCare: Rule = {
  id: 'not-in-care',
  begin: () => {
    const tally = new Tally('not-in-care', true);
    const emergencies = new Set<string>();
    return {
      see: (act) => {
        const pair = `${act.actorId} ${act.clientId ?? ''}`;
        if (act.action === 'emergency.open' && act.outcome === 'ok') emergencies.add(pair);
        if (!touches(act) || act.about?.self || act.about?.inCare || act.about?.appointment) return;
        if (act.group === 'opened' && !emergencies.has(pair)) tally.add(act);
      },
      found: () => tally.found(),
    };
  },
};
