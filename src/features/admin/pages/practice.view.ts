import { can, type Principal } from '../../../platform/access/principal.js';
import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import type { Practice, PracticeLocation } from '../../practice/public.js';
import { adminTabs, type AdminTab } from '../admin-tabs.js';

export interface LocationFormView {
  /** Id of the location, or `new`. */
  readonly id: string;
  readonly action: string;
  readonly title: string;
  /** Open because it came back with faults. */
  readonly open: boolean;
  readonly values: FormValues;
  readonly errors: FormErrors;
}

export interface PracticeView {
  readonly tabs: readonly AdminTab[];
  readonly practice: Practice;
  readonly zones: readonly { readonly value: string; readonly label: string }[];
  readonly mayChange: boolean;
  readonly values: FormValues;
  readonly errors: FormErrors;
  readonly locations: readonly LocationFormView[];
  readonly added: LocationFormView;
  /** i18n key of what was just done, or null. */
  readonly done: string | null;
}

const DONE = ['practice', 'location'] as const;
const NONE: FormErrors = {};

export function practiceView(
  who: Principal,
  practice: Practice,
  zones: readonly string[],
  done: unknown,
  faulty: { form: string; values: FormValues; errors: FormErrors } | undefined,
): PracticeView {
  const said = DONE.find((one) => one === done);
  const mine = faulty?.form === 'practice' ? faulty : undefined;
  const form = (id: string, action: string, title: string, values: FormValues): LocationFormView => {
    const own = faulty?.form === id ? faulty : undefined;
    return { id, action, title, open: own !== undefined, values: own?.values ?? values, errors: own?.errors ?? NONE };
  };
  return {
    tabs: adminTabs(who, 'practice'),
    practice,
    zones: zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
    mayChange: can(who, 'practice:manage'),
    values: mine?.values ?? valuesOf(practice),
    errors: mine?.errors ?? NONE,
    locations: practice.locations.map((location) =>
      form(location.id, `/admin/practice/locations/${location.id}`, location.name, locationValues(location)),
    ),
    added: form('new', '/admin/practice/locations', 'admin:practice.add-location', { timeZone: practice.timeZone }),
    done: said ? `admin:practice.done.${said}` : null,
  };
}

const valuesOf = (practice: Practice): FormValues => ({
  name: practice.name,
  timeZone: practice.timeZone,
  phone: practice.phone ?? '',
  email: practice.email ?? '',
  crisisText: practice.crisisText ?? '',
  crisisPhone: practice.crisisPhone ?? '',
  emergencyText: practice.emergencyText ?? '',
});

const locationValues = (location: PracticeLocation): FormValues => ({
  name: location.name,
  timeZone: location.timeZone,
  address: location.address ?? '',
});
