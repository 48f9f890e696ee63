import { ageAt } from '../age.js';
import type { CareGround } from '../care-access.js';
import type { ChartColumns } from '../chart-sections.js';
import type { ClientSummary, ClinicianCard } from '../people.model.js';
import { emergencyBanner } from './emergency.view.js';

export interface ChartInput {
  readonly client: ClientSummary;
  /** Why the chart is open to this reader. */
  readonly ground: CareGround;
  /** As this reader sees it: the name, or its discreet form. */
  readonly name: string;
  readonly hidden: boolean;
  readonly now: Date;
  readonly clinicians: readonly Pick<ClinicianCard, 'displayName'>[];
  readonly sections: ChartColumns;
  readonly mayEdit: boolean;
  readonly mayBook: boolean;
}

/** The overview of one chart. Tabs are only those that exist. */
export function chartView({ client, ground, name, hidden, now, clinicians, sections, mayEdit, mayBook }: ChartInput) {
  return {
    id: client.id,
    name,
    initialsOf: client.displayName,
    hidden,
    number: client.number,
    pronouns: client.pronouns,
    age: client.birthDate ? ageAt(client.birthDate, now, client.timeZone) : null,
    // With names hidden the legal name would give away what the initials hide.
    legalName: hidden || client.legalName === client.displayName ? null : client.legalName,
    zone: client.timeZone,
    now: now.toISOString(),
    status: client.status === 'active' ? null : `people:status.${client.status}`,
    emergency: emergencyBanner(client.id, ground),
    // Absent: not for this reader to see. Null: nobody has entered it.
    reach: client.email !== undefined || client.phone !== undefined,
    email: hidden ? null : (client.email ?? null),
    phone: hidden ? null : (client.phone ?? null),
    dial: hidden || !client.phone ? null : client.phone.replace(/[^\d+]/g, ''),
    clinicians: clinicians.map(({ displayName }) => displayName).join(', '),
    tabs: [{ href: `/clients/${client.id}`, label: 'people:chart.overview', current: true }],
    main: sections.main,
    side: sections.side,
    details: mayEdit ? `/clients/${client.id}/details` : null,
    book: mayBook ? `/appointments/new?client=${client.id}` : null,
    here: `/clients/${client.id}`,
    namesHidden: hidden,
  };
}
