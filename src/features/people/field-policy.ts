import { can, type Principal } from '../../platform/access/principal.js';
import type { PersonInput } from './people.model.js';

/**
 * What is known about a client, by class, and who sees it: any one of the permissions opens the class. Whether this client is anybody's
 * to see at all is decided before, in `CareAccess`; this is about the fields. docs/reference/field-policy.md says the same.
 */
export const FIELD_CLASSES = {
  identity: {
    fields: ['displayName', 'legalName', 'pronouns', 'number', 'status', 'timeZone'],
    anyOf: ['clients:read', 'clients:write', 'chart:read'],
  },
  contact: { fields: ['email', 'phone'], anyOf: ['client-contact:read'] },
  birth: { fields: ['birthDate'], anyOf: ['client-birth:read'] },
  // Who books must know with whom.
  care: { fields: ['clinicians'], anyOf: ['chart:read', 'calendar:read'] },
} as const;
export type FieldClass = keyof typeof FIELD_CLASSES;
export type ClientField = (typeof FIELD_CLASSES)[FieldClass]['fields'][number];

const classOf = new Map<ClientField, FieldClass>(
  (Object.keys(FIELD_CLASSES) as FieldClass[]).flatMap((name) =>
    FIELD_CLASSES[name].fields.map((field): [ClientField, FieldClass] => [field, name]),
  ),
);

export const seesClass = (who: Principal, name: FieldClass): boolean =>
  FIELD_CLASSES[name].anyOf.some((permission) => can(who, permission));

/** A field that belongs to no class is seen by nobody. */
export function seesField(who: Principal, field: ClientField): boolean {
  const name = classOf.get(field);
  return name !== undefined && seesClass(who, name);
}

/** Fields a person writes that not everybody sees. */
const WRITTEN: readonly (ClientField & keyof PersonInput)[] = ['email', 'phone', 'birthDate'];

/** What they may not see they may not write either: such fields are left out, whatever the form brought. */
export function writableOnly<T extends PersonInput>(who: Principal, input: T): T {
  const copy = { ...input };
  for (const field of WRITTEN) if (!seesField(who, field)) delete copy[field];
  return copy;
}
