import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import type { CareGround } from '../care-access.js';
import { EMERGENCY_MINUTES, EMERGENCY_WHYS } from '../emergency/emergency.model.js';

export interface EmergencyPageInput {
  readonly values: FormValues;
  readonly errors: FormErrors;
  /** What the practice has written down for emergencies; null when it has not. */
  readonly call: string | null;
}

/** The page says nothing about whose number it is: it looks the same for one that nobody has. */
export const emergencyView = ({ values, errors, call }: EmergencyPageInput) => ({
  values: { why: 'danger', minutes: '30', ...values },
  errors,
  call,
  whys: EMERGENCY_WHYS.map((why) => ({
    value: why,
    label: `people:emergency.why.${why}`,
    hint: `people:emergency.why-hint.${why}`,
  })),
  lengths: EMERGENCY_MINUTES.map((minutes) => ({
    value: String(minutes),
    label: `people:emergency.minutes.${minutes}`,
  })),
});

/** The banner of a chart that is open outside one's care; null on every other chart. */
export const emergencyBanner = (clientId: string, ground: CareGround) =>
  ground.basis === 'emergency' && ground.until
    ? { until: ground.until.toISOString(), close: `/clients/${clientId}/emergency/close` }
    : null;
