import { FEW_LEFT } from '../factors/recovery-codes.js';
import type { RecoveryCodesLeft } from '../factors/recovery-code.service.js';

export interface RecoveryCodesView {
  readonly left: number;
  readonly total: number;
  readonly none: boolean;
  readonly few: boolean;
  readonly madeAt: string | null;
  readonly zone: string;
  /** Same-site path to go on to, or empty. */
  readonly next: string;
}

export const recoveryCodesView = (
  codes: RecoveryCodesLeft,
  next: string | undefined,
  zone: string | undefined,
): RecoveryCodesView => ({
  left: codes.left,
  total: codes.total,
  none: codes.total === 0,
  few: codes.total > 0 && codes.left <= FEW_LEFT,
  madeAt: codes.madeAt?.toISOString() ?? null,
  zone: zone ?? 'UTC',
  next: next ?? '',
});
