import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import type { Principal } from '../../platform/access/principal.js';
import { can } from '../../platform/access/principal.js';
import { Clock } from '../../platform/clock.js';
import { Vault } from '../../platform/crypto/vault.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { isId, newId } from '../../platform/ids.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { Work, type Tx } from '../../platform/work/work.js';
import { PRACTICE_ERRORS } from './practice.errors.js';
import type { LocationInput, Practice, PracticeInput, PracticeLocation } from './practice.model.js';
import { PracticeRepository, type LocationRow, type PracticeRow } from './practice.repository.js';
import { isTimeZone } from './time-zones.js';

const TOPIC = 'practice';

/** The organisation that runs this server, read from memory and changed by its owner. */
@Injectable()
export class PracticeService implements OnModuleInit, OnModuleDestroy {
  private cached: Promise<Practice | undefined> | undefined;
  private stop: (() => void) | undefined;

  constructor(
    private readonly repository: PracticeRepository,
    private readonly work: Work,
    private readonly vault: Vault,
    private readonly live: LiveBus,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const unsubscribe = this.live.subscribe(TOPIC, () => this.forget());
    const stopResync = this.live.onResync(() => this.forget());
    this.stop = () => {
      unsubscribe();
      stopResync();
    };
  }

  onModuleDestroy(): void {
    this.stop?.();
  }

  /** The practice, or undefined before the first run. No statement once it is in memory. */
  async current(): Promise<Practice | undefined> {
    const reading = (this.cached ??= this.read());
    try {
      const practice = await reading;
      // "None yet" is not remembered: another process may be in its first run right now.
      if (!practice && this.cached === reading) this.forget();
      return practice;
    } catch (error) {
      if (this.cached === reading) this.forget();
      throw error;
    }
  }

  /** As `current`, for pages that cannot exist without one. */
  async required(): Promise<Practice> {
    const practice = await this.current();
    if (!practice) throw new DomainError(PRACTICE_ERRORS['practice.missing']);
    return practice;
  }

  /** First run: the practice and its first location. Throws `practice.exists` when there is one. */
  async create(who: Principal, input: PracticeInput & { readonly location: LocationInput }): Promise<string> {
    const id = await this.work.run(who, (tx) => this.createInside(tx, input));
    this.forget();
    return id;
  }

  /** As `create`, as a part of a larger change. The caller has decided that this principal may. */
  async createInside(tx: Tx, input: PracticeInput & { readonly location: LocationInput }): Promise<string> {
    checkZone(input.timeZone);
    const id = newId();
    try {
      await this.repository.insertPractice(tx.manager, { id, ...columns(input), createdAt: this.clock.now() });
    } catch (error) {
      if (isOnlyOneViolation(error))
        throw new DomainError(PRACTICE_ERRORS['practice.exists'], {}, { cause: error as Error });
      throw error;
    }
    tx.audit({ action: 'practice.create', object: `practice:${id}` });
    await this.addLocationInside(tx, id, input.location);
    tx.live(TOPIC, 'changed');
    return id;
  }

  async update(who: Principal, input: PracticeInput): Promise<void> {
    requireManager(who);
    checkZone(input.timeZone);
    const { id } = await this.required();
    await this.work.run(who, async (tx) => {
      if (!(await this.repository.updatePractice(tx.manager, id, columns(input)))) throw notFound();
      tx.audit({ action: 'practice.update', object: `practice:${id}` });
      tx.live(TOPIC, 'changed');
    });
    this.forget();
  }

  async addLocation(who: Principal, input: LocationInput): Promise<string> {
    requireManager(who);
    const { id: practiceId } = await this.required();
    const id = await this.work.run(who, async (tx) => {
      tx.live(TOPIC, 'changed');
      return this.addLocationInside(tx, practiceId, input);
    });
    this.forget();
    return id;
  }

  async updateLocation(who: Principal, id: string, input: LocationInput): Promise<void> {
    requireManager(who);
    if (!isId(id)) throw notFound();
    checkZone(input.timeZone);
    const addressEnc = await this.sealAddress(id, input.address);
    await this.work.run(who, async (tx) => {
      const change = { name: input.name, timeZone: input.timeZone, addressEnc };
      if (!(await this.repository.updateLocation(tx.manager, id, change))) throw notFound();
      tx.audit({ action: 'location.update', object: `location:${id}` });
      tx.live(TOPIC, 'changed');
    });
    this.forget();
  }

  private async addLocationInside(tx: Tx, practiceId: string, input: LocationInput): Promise<string> {
    checkZone(input.timeZone);
    const id = newId();
    await this.repository.insertLocation(tx.manager, {
      id,
      practiceId,
      name: input.name,
      timeZone: input.timeZone,
      addressEnc: await this.sealAddress(id, input.address),
      createdAt: this.clock.now(),
    });
    tx.audit({ action: 'location.create', object: `location:${id}` });
    return id;
  }

  private forget(): void {
    this.cached = undefined;
  }

  private async read(): Promise<Practice | undefined> {
    const row = await this.repository.practice();
    if (!row) return undefined;
    const locations = await this.repository.locations(row.id);
    return toPractice(row, await Promise.all(locations.map((location) => this.openLocation(location))));
  }

  private async openLocation(row: LocationRow): Promise<PracticeLocation> {
    const address =
      row.address_enc && (await this.vault.open('directory.contact', addressPlace(row.id), row.address_enc));
    return { id: row.id, name: row.name, timeZone: row.time_zone, address };
  }

  private async sealAddress(id: string, address: string | null | undefined): Promise<Buffer | null> {
    return address ? this.vault.seal('directory.contact', addressPlace(id), address) : null;
  }
}

const addressPlace = (row: string) => ({ table: 'location', column: 'address', row });

const toPractice = (row: PracticeRow, locations: readonly PracticeLocation[]): Practice => ({
  id: row.id,
  name: row.name,
  timeZone: row.time_zone,
  phone: row.phone,
  email: row.email,
  crisisText: row.crisis_text,
  crisisPhone: row.crisis_phone,
  emergencyText: row.emergency_text,
  locations,
});

const columns = (input: PracticeInput) => ({
  name: input.name,
  timeZone: input.timeZone,
  phone: input.phone ?? null,
  email: input.email ?? null,
  crisisText: input.crisisText ?? null,
  crisisPhone: input.crisisPhone ?? null,
  emergencyText: input.emergencyText ?? null,
});

function requireManager(who: Principal): void {
  if (!can(who, 'practice:manage')) throw notFound();
}

function checkZone(zone: string): void {
  if (!isTimeZone(zone)) throw new DomainError(PRACTICE_ERRORS['practice.unknown-zone']);
}

const isOnlyOneViolation = (error: unknown): boolean =>
  error instanceof QueryFailedError &&
  (error.driverError as { constraint?: unknown }).constraint === 'practice_only_one';
