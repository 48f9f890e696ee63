import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import type { AppointmentLink } from '../appointment-links.js';
import { CANCEL_REASONS, MODALITIES, SERVICES, type AppointmentFacts } from '../appointment.model.js';
import type { Conflict } from '../offers.service.js';
import { localDayOf, localTimeOf, sameClock, zonedTime, type ClockRule } from '../wall-time.js';
import { chipOf, phaseOf, whatOf, type Chip } from './line.view.js';
import type { Reader } from './reader.js';

const LENGTHS = [25, 45, 50, 60, 80, 90];

export interface ConflictModel {
  readonly taken: readonly { readonly from: string; readonly until: string; readonly who: string }[];
  readonly free: readonly { readonly value: string; readonly at: string }[];
}

/** What is in the way and what is free, without anybody's name. */
export const conflictModel = (conflict: Conflict): ConflictModel => ({
  taken: conflict.taken.map((time) => ({
    from: time.startsAt.toISOString(),
    until: time.endsAt.toISOString(),
    who: time.clinician ? 'scheduling:conflict.clinician' : 'scheduling:conflict.client',
  })),
  free: conflict.free.map(({ day, time, startsAt }) => ({ value: `${day}T${time}`, at: startsAt.toISOString() })),
});

export interface BookInput {
  readonly client: { readonly id: string; readonly name: string; readonly zone: string };
  readonly clinician: { readonly id: string; readonly name: string; readonly zone: string };
  readonly clinicians: readonly { readonly value: string; readonly label: string }[];
  readonly values: FormValues;
  readonly errors: FormErrors;
  readonly conflict: ConflictModel | null;
  readonly now: Date;
  readonly back: string;
}

/** The form for a new appointment of one client. */
export const bookView = ({ client, clinician, now, ...rest }: BookInput) => ({
  ...rest,
  client,
  clinician,
  now: now.toISOString(),
  zone: clinician.zone,
  // Said before booking, because the one who books reads only one of the two clocks.
  clientZone: sameClock(now, client.zone, clinician.zone) ? null : client.zone,
  services: SERVICES.map((value) => ({ value, label: `scheduling:service.${value}` })),
  modalities: MODALITIES.map((value) => ({ value, label: `scheduling:place.${value}` })),
  lengths: LENGTHS,
});

export interface AppointmentInput {
  readonly facts: AppointmentFacts;
  /** Those who come, under the names this reader sees. */
  readonly members: readonly { readonly id: string; readonly name: string }[];
  readonly clinicianName: string;
  /** Zones of those who come. */
  readonly clientZones: readonly string[];
  readonly now: Date;
  readonly mayChange: boolean;
  /** Whether there are links to hand out at all. */
  readonly linksOffered: boolean;
  readonly chart: string | null;
  readonly host: boolean;
  readonly move?: { readonly values: FormValues; readonly errors: FormErrors };
  readonly conflict?: ConflictModel | null;
  readonly changed?: boolean;
  readonly cancelErrors?: FormErrors;
  /** The one link that was asked for. */
  readonly link?: AppointmentLink;
}

/** One appointment: what it is, and the forms to move and to cancel it while that is possible. */
export function appointmentView(input: AppointmentInput, { say }: Reader) {
  const { facts, now } = input;
  const phase = phaseOf(facts, now);
  const chip: Chip | null = chipOf(facts, phase, undefined, say);
  const minutes = (facts.endsAt.getTime() - facts.startsAt.getTime()) / 60_000;
  const rule = ruleOf(facts);
  const changeable = input.mayChange && facts.status === 'booked' && phase !== 'over';
  return {
    id: facts.id,
    who: input.members.map(({ name }) => name).join(', '),
    what: whatOf(facts, say),
    clinicianName: input.clinicianName,
    zone: facts.timeZone,
    startsAt: facts.startsAt.toISOString(),
    endsAt: facts.endsAt.toISOString(),
    minutes,
    otherZones: [...new Set(input.clientZones)].filter((zone) => !sameClock(facts.startsAt, zone, facts.timeZone)),
    rule: rule === 'plain' ? null : `scheduling:rule.${rule}`,
    chip,
    chart: input.chart,
    open:
      input.host && facts.status === 'booked' && facts.modality === 'video' && phase !== 'over'
        ? `/sessions/${facts.id}`
        : null,
    changeable,
    links: changeable && input.linksOffered && facts.modality === 'video' ? linksOf(input) : null,
    moveValues: {
      day: localDayOf(facts.startsAt, facts.timeZone),
      time: localTimeOf(facts.startsAt, facts.timeZone),
      minutes: String(minutes),
      ...input.move?.values,
      // Whoever sends the form again has now seen this version.
      version: String(facts.version),
    },
    version: facts.version,
    moveErrors: input.move?.errors ?? {},
    cancelErrors: input.cancelErrors ?? {},
    conflict: input.conflict ?? null,
    changed: input.changed ?? false,
    reasons: CANCEL_REASONS.map((value) => ({ value, label: `scheduling:reason.${value}` })),
    lengths: LENGTHS,
    calendar: `/calendar?day=${facts.localDay}`,
  };
}

/** One line per client: the link that was asked for, a button for the others. */
const linksOf = ({ members, link }: Pick<AppointmentInput, 'members' | 'link'>) =>
  members.map(({ id, name }) => {
    const shown = link?.clientId === id ? link : null;
    return { clientId: id, name, url: shown?.url ?? null, version: shown?.version ?? null };
  });

/** How the intended time meets the clocks, from what is stored. */
export const ruleOf = (facts: Pick<AppointmentFacts, 'wallStart' | 'timeZone'>): ClockRule =>
  zonedTime(facts.wallStart.slice(0, 10), facts.wallStart.slice(11, 16), facts.timeZone).rule;
