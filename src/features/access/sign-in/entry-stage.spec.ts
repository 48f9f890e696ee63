import { expect, it } from '@jest/globals';
import { ROLES } from '../../../platform/access/principal.js';
import { isStaff } from '../roles/permissions.js';
import { stageAfterOneFactor } from './entry-stage.js';

it.each(ROLES)('%s: a factor is asked for, or set up where it must be', (role) => {
  for (const staffSecondFactor of ['required', 'offered'] as const) {
    expect(stageAfterOneFactor({ role }, true, { staffSecondFactor })).toBe('half');
    const alone = isStaff(role) && staffSecondFactor === 'required' ? 'enroll' : 'full';
    expect(stageAfterOneFactor({ role }, false, { staffSecondFactor })).toBe(alone);
  }
});
