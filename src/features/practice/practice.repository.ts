import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { namedQuery, Sql } from '../../platform/database/sql.js';
import { LocationEntity, PracticeEntity } from './practice.entity.js';

export interface PracticeRow {
  id: string;
  name: string;
  time_zone: string;
  phone: string | null;
  email: string | null;
  crisis_text: string | null;
  crisis_phone: string | null;
  emergency_text: string | null;
}

export interface LocationRow {
  id: string;
  name: string;
  time_zone: string;
  address_enc: Buffer | null;
}

const PRACTICE = namedQuery<PracticeRow>(
  'practice.current',
  'SELECT id, name, time_zone, phone, email, crisis_text, crisis_phone, emergency_text FROM core.practice',
);
const LOCATIONS = namedQuery<LocationRow>(
  'practice.locations',
  'SELECT id, name, time_zone, address_enc FROM core.location WHERE practice_id = $1 ORDER BY created_at, id',
);

@Injectable()
export class PracticeRepository {
  constructor(private readonly sql: Sql) {}

  practice(): Promise<PracticeRow | undefined> {
    return this.sql.first(PRACTICE);
  }

  locations(practiceId: string): Promise<LocationRow[]> {
    return this.sql.rows(LOCATIONS, [practiceId]);
  }

  async insertPractice(manager: EntityManager, row: PracticeEntity): Promise<void> {
    await manager.insert(PracticeEntity, row);
  }

  /** False when there is no such practice. */
  async updatePractice(
    manager: EntityManager,
    id: string,
    change: Omit<PracticeEntity, 'id' | 'createdAt'>,
  ): Promise<boolean> {
    return (await manager.update(PracticeEntity, { id }, change)).affected === 1;
  }

  async insertLocation(manager: EntityManager, row: LocationEntity): Promise<void> {
    await manager.insert(LocationEntity, row);
  }

  async updateLocation(
    manager: EntityManager,
    id: string,
    change: Pick<LocationEntity, 'name' | 'timeZone' | 'addressEnc'>,
  ): Promise<boolean> {
    return (await manager.update(LocationEntity, { id }, change)).affected === 1;
  }
}
