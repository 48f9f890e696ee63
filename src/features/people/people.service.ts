import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/access/principal.js';
import { can } from '../../platform/access/principal.js';
import { Clock } from '../../platform/clock.js';
import { Directory } from '../../platform/directory/directory.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { newId } from '../../platform/ids.js';
import { Work, type Tx } from '../../platform/work/work.js';
import { isTimeZone } from '../practice/public.js';
import { isBirthDate } from './age.js';
import { CareAccess, seesWholeList } from './care-access.js';
import { seesField, writableOnly, type ClientField } from './field-policy.js';
import { displayName } from './names.js';
import { PEOPLE_ERRORS } from './people.errors.js';
import type {
  ClientStatus,
  ClientSummary,
  NewAssignment,
  NewClient,
  NewClinician,
  PersonInput,
} from './people.model.js';
import { PeopleQueries } from './people.queries.js';
import { PeopleRepository } from './people.repository.js';
import { PersonVault, type PersonField } from './person-vault.js';

/** Hues of clinicians in team views. */
const COLORS = 8;

/** People of the practice: makes them, changes them, and tells those who may know. */
@Injectable()
export class People {
  constructor(
    private readonly work: Work,
    private readonly repository: PeopleRepository,
    private readonly queries: PeopleQueries,
    private readonly vault: PersonVault,
    private readonly access: CareAccess,
    private readonly directory: Directory,
    private readonly clock: Clock,
  ) {}

  /**
   * A new client with an individual case. A clinician who makes one works with them from now on; the front desk names a clinician
   * or leaves the client on the waiting list. Returns the client's id.
   */
  async createClient(who: Principal, input: NewClient): Promise<string> {
    if (!can(who, 'clients:write')) throw notFound();
    const clinicianId = seesWholeList(who) ? (input.clinicianId ?? null) : (who.personId ?? null);
    if (clinicianId && (await this.queries.clinician(clinicianId))?.status !== 'active')
      throw new DomainError(PEOPLE_ERRORS['people.clinician-unknown']);
    const id = await this.work.run(who, (tx) =>
      this.createClientInside(tx, writableOnly(who, { ...input, clinicianId })),
    );
    await this.directory.refresh([id]);
    return id;
  }

  async createClientInside(tx: Tx, input: NewClient): Promise<string> {
    const id = await this.insertPerson(tx, input);
    const now = this.clock.now();
    const caseId = newId();
    const status: ClientStatus = input.clinicianId ? 'active' : 'waiting';
    await this.repository.insertClients(tx.manager, [{ id, status, createdAt: now }]);
    await this.repository.insertCases(
      tx.manager,
      [{ id: caseId, kind: 'individual', createdAt: now }],
      [{ caseId, clientId: id }],
    );
    tx.audit({ action: 'client.create', object: `client:${id}`, clientId: id });
    tx.emit('client.created', id, { clientId: id });
    if (input.clinicianId)
      await this.assignInside(tx, { clientId: id, clinicianId: input.clinicianId, kind: 'assigned', from: now });
    await this.directory.changed(tx.manager, id);
    return id;
  }

  async createClinician(who: Principal, input: NewClinician): Promise<string> {
    if (!can(who, 'staff:manage')) throw notFound();
    const id = await this.work.run(who, (tx) => this.createClinicianInside(tx, input));
    await this.directory.refresh([id]);
    return id;
  }

  /** The caller has decided that this principal may (first run, people and roles). */
  async createClinicianInside(tx: Tx, input: NewClinician): Promise<string> {
    const id = await this.insertPerson(tx, input);
    await this.makeClinicianInside(tx, id, input.credential ?? null);
    return id;
  }

  /** Lets somebody who is in the practice already (an owner) see clients too. */
  async makeClinicianInside(tx: Tx, personId: string, credential: string | null): Promise<void> {
    const color = Number.parseInt(personId.slice(-2), 16) % COLORS;
    await this.repository.insertClinicians(tx.manager, [
      { id: personId, credential, status: 'active', color, createdAt: this.clock.now() },
    ]);
    tx.audit({ action: 'clinician.create', object: `clinician:${personId}` });
    await this.directory.changed(tx.manager, personId);
  }

  /** Somebody who works here without clients of their own. The caller has decided that this principal may. */
  async createStaffInside(tx: Tx, input: PersonInput): Promise<string> {
    const id = await this.insertPerson(tx, input);
    await this.repository.insertStaff(tx.manager, [{ id, createdAt: this.clock.now() }]);
    tx.audit({ action: 'staff.create', object: `person:${id}` });
    await this.directory.changed(tx.manager, id);
    return id;
  }

  /** A person without a role of their own yet, e.g. a guardian. The caller has decided that this principal may. */
  async createPersonInside(tx: Tx, input: PersonInput): Promise<string> {
    const id = await this.insertPerson(tx, input);
    tx.audit({ action: 'person.create', object: `person:${id}` });
    return id;
  }

  /**
   * From `from` on the clinician works with the client. Does nothing when they do already. The caller has checked access and that the
   * clinician is at work: a read from here would need a second connection while this unit of work holds one.
   */
  async assignInside(tx: Tx, assignment: NewAssignment): Promise<void> {
    const { clientId, clinicianId, kind } = assignment;
    const made = await this.repository.insertAssignments(tx.manager, [
      { id: newId(), clientId, clinicianId, kind, fromAt: assignment.from, untilAt: assignment.until ?? null },
    ]);
    if (made === 0) return;
    tx.audit({ action: 'client.assign', object: `clinician:${clinicianId}`, clientId, facts: { kind } });
    await this.directory.changed(tx.manager, clientId);
  }

  /**
   * What the header of a chart and the details page show: the fields this reader may see; the others are absent and not even unsealed.
   * Throws not-found without the right to either page. Not audited here.
   */
  async clientSummary(who: Principal, clientId: string): Promise<ClientSummary> {
    const may = (await this.access.mayOpen(who, clientId)) || (await this.access.mayEdit(who, clientId));
    if (!may) throw notFound();
    const row = await this.queries.client(clientId);
    if (!row) throw notFound();
    const open = async (field: PersonField, sealed: Buffer | null): Promise<string | null> =>
      this.vault.open(row.id, field, sealed);
    const seen = async (field: ClientField & PersonField, sealed: Buffer | null) =>
      seesField(who, field) ? { [field]: await open(field, sealed) } : {};
    const legalName = (await open('legalName', row.legal_name_enc)) ?? '';
    return {
      id: row.id,
      number: row.number,
      displayName: displayName(legalName, await open('chosenName', row.chosen_name_enc)),
      legalName,
      pronouns: await open('pronouns', row.pronouns_enc),
      ...(await seen('birthDate', row.birth_enc)),
      ...(await seen('email', row.email_enc)),
      ...(await seen('phone', row.phone_enc)),
      timeZone: row.time_zone,
      status: row.status,
    };
  }

  /** Changes who a client is and whether they are in care. Fields the writer may not see stay as they are. */
  async updateClient(who: Principal, clientId: string, input: PersonInput & { status: ClientStatus }): Promise<void> {
    await this.access.requireEdit(who, clientId);
    const id = clientId;
    const wanted = writableOnly(who, input);
    this.check(wanted);
    const change = await this.vault.sealNamed(id, wanted);
    await this.work.run(who, async (tx) => {
      if (!(await this.repository.updateClientStatus(tx.manager, id, input.status))) throw notFound();
      if (!(await this.repository.updatePerson(tx.manager, id, change))) throw notFound();
      tx.audit({ action: 'client.update', object: `client:${id}`, clientId: id });
      tx.emit('client.updated', id, { clientId: id });
      await this.directory.changed(tx.manager, id);
    });
    await this.directory.refresh([id]);
  }

  private async insertPerson(tx: Tx, input: PersonInput): Promise<string> {
    this.check(input);
    const id = newId();
    const sealed = await this.vault.seal(id, input);
    await this.repository.insertPersons(tx.manager, [{ ...sealed, createdAt: this.clock.now() }]);
    return id;
  }

  private check(input: PersonInput): void {
    if (!isTimeZone(input.timeZone)) throw new DomainError(PEOPLE_ERRORS['people.unknown-zone']);
    if (input.birthDate && !isBirthDate(input.birthDate, this.clock.now()))
      throw new DomainError(PEOPLE_ERRORS['people.birth-date']);
  }
}
