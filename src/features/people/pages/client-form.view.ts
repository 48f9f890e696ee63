import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import { timeZoneNames } from '../../practice/public.js';
import { CLIENT_STATUSES, type ClientSummary, type ClinicianCard } from '../people.model.js';

const zoneOptions = timeZoneNames().map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }));

/** Which fields this reader may see and therefore write. */
export interface SeenClasses {
  readonly contact: boolean;
  readonly birth: boolean;
}

export interface ClientFormInput {
  readonly sees: SeenClasses;
  readonly values: FormValues;
  readonly errors: FormErrors;
  /** Whom the front desk may name; empty for a clinician, who works with their new client themselves. */
  readonly clinicians: readonly ClinicianCard[];
}

/** A new client. */
export const newClientView = ({ values, errors, clinicians, sees }: ClientFormInput) => ({
  sees,
  values,
  errors,
  zones: zoneOptions,
  clinicians: clinicians.map(({ id, displayName }) => ({ value: id, label: displayName })),
  chooseClinician: clinicians.length > 0,
});

/** What is known about a client, open for change. */
export const clientDetailsView = (
  client: Pick<ClientSummary, 'id' | 'number'> & { readonly name: string },
  form: Pick<ClientFormInput, 'values' | 'errors' | 'sees'>,
  options: { readonly mayOpen: boolean; readonly saved: boolean },
) => ({
  ...form,
  id: client.id,
  number: client.number,
  name: client.name,
  zones: zoneOptions,
  statuses: CLIENT_STATUSES.map((value) => ({ value, label: `people:status.${value}` })),
  mayOpen: options.mayOpen,
  saved: options.saved,
});

/** Stored values as a form shows them. */
export const valuesOf = (client: ClientSummary): FormValues => ({
  legalName: client.legalName,
  chosenName: client.displayName === client.legalName ? '' : client.displayName,
  pronouns: client.pronouns ?? '',
  birthDate: client.birthDate ?? '',
  email: client.email ?? '',
  phone: client.phone ?? '',
  timeZone: client.timeZone,
  status: client.status,
});
