import { can, type Principal } from '../../../platform/access/principal.js';
import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import { KEY_SCOPES, type ApiKey, type Program } from '../../access/public.js';
import { adminTabs, type AdminTab } from '../admin-tabs.js';
import { LIVES } from './programs.forms.js';

interface ProgramLine {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly living: number;
  readonly endsSoon: boolean;
  readonly lastUsedAt: string | null;
}

export interface ProgramsView {
  readonly tabs: readonly AdminTab[];
  readonly active: readonly ProgramLine[];
  readonly ended: readonly { readonly id: string; readonly name: string; readonly endedAt: string }[];
  readonly zone: string;
  readonly values: FormValues;
  readonly errors: FormErrors;
}

/** What was typed into a form that could not be taken. */
export interface Typed {
  readonly values: FormValues;
  readonly errors: FormErrors;
}

export function programsView(who: Principal, programs: readonly Program[], typed: Typed): ProgramsView {
  return {
    tabs: adminTabs(who, 'programs'),
    active: programs.filter(({ state }) => state === 'active').map(line),
    ended: programs.flatMap(({ id, name, endedAt }) => (endedAt ? [{ id, name, endedAt: endedAt.toISOString() }] : [])),
    zone: who.timeZone ?? 'UTC',
    ...typed,
  };
}

function line({ id, name, about, keys }: Program): ProgramLine {
  const living = keys.filter(({ state }) => state === 'living');
  const uses = keys.flatMap(({ lastUsedAt }) => (lastUsedAt ? [lastUsedAt.toISOString()] : [])).sort();
  return {
    id,
    name,
    about,
    living: living.length,
    // Nobody needs to act on a key that has a longer one beside it.
    endsSoon: living.length > 0 && living.every(({ endsSoon }) => endsSoon),
    lastUsedAt: uses.at(-1) ?? null,
  };
}

interface KeyLine {
  readonly id: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  /** i18n key and tone of its state. */
  readonly state: string;
  readonly tone: string;
  readonly living: boolean;
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly creatorGone: boolean;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
  readonly lastUsedIp: string | null;
  /** Where the form that revokes it goes. */
  readonly revoke: string;
}

export interface ProgramView {
  readonly tabs: readonly AdminTab[];
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly ended: boolean;
  /** Where the form that ends the program goes. */
  readonly end: string;
  readonly keys: readonly KeyLine[];
  readonly scopes: readonly {
    readonly scope: string;
    readonly label: string;
    readonly hint: string | null;
    readonly checked: boolean;
  }[];
  readonly lives: readonly { readonly value: string; readonly label: string }[];
  readonly zone: string;
  readonly done: string | null;
  readonly values: FormValues;
  readonly errors: FormErrors;
}

const DONE = ['created', 'revoked', 'ended'] as const;

/** @param scopes the boxes that were ticked */
export function programView(
  who: Principal,
  program: Program,
  { values, errors, scopes, done }: Typed & { readonly scopes: readonly string[]; readonly done: unknown },
): ProgramView {
  const said = DONE.find((one) => one === done);
  return {
    tabs: adminTabs(who, 'programs'),
    id: program.id,
    name: program.name,
    about: program.about,
    ended: program.state === 'ended',
    end: `/admin/programs/${program.id}/end`,
    keys: program.keys.map((key) => keyLine(program.id, key)),
    // Nobody can give what they do not hold, so it is not offered.
    scopes: KEY_SCOPES.filter((scope) => can(who, scope)).map((scope) => ({
      scope,
      label: `admin:programs.scope.${scope.replace(':', '-')}`,
      hint: scope === 'audit:read' ? 'admin:programs.audit-hint' : null,
      checked: scopes.includes(scope),
    })),
    lives: LIVES.map((value) => ({ value, label: `admin:programs.life.${value}` })),
    zone: who.timeZone ?? 'UTC',
    done: said ? `admin:programs.done.${said}` : null,
    values,
    errors,
  };
}

function keyLine(programId: string, key: ApiKey): KeyLine {
  const soon = key.endsSoon ? 'soon' : key.state;
  return {
    id: key.id,
    prefix: `alc_${key.prefix}`,
    scopes: key.scopes,
    state: `admin:programs.state.${soon}`,
    tone: { living: 'well-on', soon: 'attend', expired: '', revoked: '' }[soon],
    living: key.state === 'living',
    createdAt: key.createdAt.toISOString(),
    createdBy: key.createdBy,
    creatorGone: !key.creatorActive,
    expiresAt: key.expiresAt.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    lastUsedIp: key.lastUsedIp,
    revoke: `/admin/programs/${programId}/keys/${key.id}/revoke`,
  };
}
