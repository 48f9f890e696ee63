import { Injectable } from '@nestjs/common';
import { Directory } from '../../platform/directory/directory.js';
import { AccountPeople, type AccountOwner } from '../access/public.js';
import type { AuditLine } from './audit.queries.js';

/** Who did something, for people: a sentence with one blank. Clients by number, never by name. */
export interface ActorName {
  /** i18n key; takes `name`. */
  readonly label: string;
  readonly name: string;
}

type Acting = Pick<AuditLine, 'actor_kind' | 'actor_id' | 'client_id'>;

/** How one page of rows calls the people in it. */
export interface ActorNames {
  of(line: Acting): ActorName;
  /** The client's number, or null for a client nobody knows any more. */
  client(id: string): string | null;
}

/** Turns ids of the audit into names, with one statement for any number of rows. */
@Injectable()
export class ActorNameService {
  constructor(
    private readonly accounts: AccountPeople,
    private readonly directory: Directory,
  ) {}

  async namesFor(lines: readonly Acting[]): Promise<ActorNames> {
    const ids = [...new Set(lines.flatMap((line) => (line.actor_kind === 'user' ? [line.actor_id] : [])))];
    const owners = await this.accounts.of(ids);
    const client = (id: string): string | null => this.directory.get(id)?.number ?? null;
    return {
      client,
      of: (line) => {
        if (line.actor_kind === 'user') return this.account(line.actor_id, owners.get(line.actor_id));
        if (line.actor_kind !== 'door') return { label: LABELS[line.actor_kind] ?? LABELS.system, name: line.actor_id };
        const number = line.client_id === null ? null : client(line.client_id);
        return number ? { label: 'audit:actor.door', name: number } : { label: 'audit:actor.somebody', name: '' };
      },
    };
  }

  /** Everybody who works or worked here, by name, for a list to choose from. */
  async staffChoices(): Promise<{ id: string; name: string }[]> {
    const choices = (await this.accounts.staff()).flatMap(({ id, personId }) => {
      const name = personId === null ? null : this.directory.name(personId);
      return name === null ? [] : [{ id, name }];
    });
    return choices.sort((a, b) => a.name.localeCompare(b.name));
  }

  private account(id: string, owner: AccountOwner | undefined): ActorName {
    if (!owner) return { label: 'audit:actor.unknown', name: id };
    const entry = owner.personId === null ? undefined : this.directory.get(owner.personId);
    if (owner.role === 'client') return { label: 'audit:actor.client', name: entry?.number ?? '' };
    if (owner.role === 'guardian') return { label: 'audit:actor.guardian', name: '' };
    return entry
      ? { label: 'audit:actor.person', name: entry.displayName }
      : { label: 'audit:actor.unknown', name: id };
  }
}

const LABELS: Readonly<Record<string, string>> = {
  plugin: 'audit:actor.plugin',
  service: 'audit:actor.service',
  system: 'audit:actor.server',
};
