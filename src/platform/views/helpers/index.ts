import { asset } from './asset.js';
import type { HelperFactory } from './helper.js';
import { icon } from './icon.js';
import { initials } from './initials.js';
import { isoDate } from './iso-date.js';
import { json } from './json.js';
import { and, eq, not, or } from './logic.js';
import { say } from './say.js';
import { size } from './size.js';
import { slot } from './slot.js';
import { t } from './t.js';
import { time } from './time.js';

/** The whole vocabulary of templates besides `if`, `unless`, `each`, `with` and `lookup`. Plugins get the same. */
export const HELPERS: Readonly<Record<string, HelperFactory>> = {
  and,
  asset,
  eq,
  icon,
  initials,
  isoDate,
  json,
  not,
  or,
  say,
  size,
  slot,
  t,
  time,
};
