import type { RecoveryKit } from '../../../platform/crypto/recovery-kit.js';
import type { FormErrors, FormValues } from '../../../platform/http/form.js';

export interface SetupView {
  readonly values: FormValues;
  readonly errors: FormErrors;
  readonly zones: readonly { readonly value: string; readonly label: string }[];
}

export const setupView = (values: FormValues, errors: FormErrors, zones: readonly string[]): SetupView => ({
  values,
  errors,
  zones: zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
});

/** Groups on one line of the printed sheet. */
const PER_LINE = 4;

export interface KitView {
  readonly lines: readonly { readonly number: number; readonly groups: readonly string[] }[];
  readonly groupCount: number;
  readonly values: FormValues;
  readonly errors: FormErrors;
}

export function kitView(kit: RecoveryKit, errors: FormErrors): KitView {
  const count = Math.ceil(kit.groups.length / PER_LINE);
  return {
    lines: Array.from({ length: count }, (_, at) => ({
      number: at + 1,
      groups: kit.groups.slice(at * PER_LINE, (at + 1) * PER_LINE),
    })),
    groupCount: kit.groups.length,
    values: {},
    errors,
  };
}
