import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  AssignmentEntity,
  CaseFileEntity,
  CaseMemberEntity,
  ClientEntity,
  ClinicianEntity,
  PersonEntity,
  RelationshipEntity,
  StaffMemberEntity,
} from './people.entities.js';

/** Writes of this feature, each inside the caller's unit of work. Takes one row or many: many go in one statement. */
@Injectable()
export class PeopleRepository {
  async insertPersons(manager: EntityManager, rows: PersonEntity[]): Promise<void> {
    await manager.insert(PersonEntity, rows);
  }

  /** False when there is no such person. */
  async updatePerson(
    manager: EntityManager,
    id: string,
    change: Partial<Omit<PersonEntity, 'id' | 'createdAt'>>,
  ): Promise<boolean> {
    return (await manager.update(PersonEntity, { id }, change)).affected === 1;
  }

  async insertClients(manager: EntityManager, rows: ClientEntity[]): Promise<void> {
    await manager.insert(ClientEntity, rows);
  }

  async updateClientStatus(manager: EntityManager, id: string, status: ClientEntity['status']): Promise<boolean> {
    return (await manager.update(ClientEntity, { id }, { status })).affected === 1;
  }

  async insertClinicians(manager: EntityManager, rows: ClinicianEntity[]): Promise<void> {
    await manager.insert(ClinicianEntity, rows);
  }

  async insertStaff(manager: EntityManager, rows: StaffMemberEntity[]): Promise<void> {
    await manager.insert(StaffMemberEntity, rows);
  }

  async insertCases(manager: EntityManager, cases: CaseFileEntity[], members: CaseMemberEntity[]): Promise<void> {
    await manager.insert(CaseFileEntity, cases);
    await manager.insert(CaseMemberEntity, members);
  }

  /** An assignment that overlaps one of the same kind is left out: the pair is assigned already. Says how many rows were new. */
  async insertAssignments(manager: EntityManager, rows: AssignmentEntity[]): Promise<number> {
    const result = await manager
      .createQueryBuilder()
      .insert()
      .into(AssignmentEntity)
      .values(rows)
      .orIgnore()
      .returning(['id'])
      .execute();
    return (result.raw as unknown[]).length;
  }

  async insertRelationships(manager: EntityManager, rows: RelationshipEntity[]): Promise<void> {
    await manager.insert(RelationshipEntity, rows);
  }
}
