import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../../platform/ids.js';
import { AppointmentEntity, AppointmentMemberEntity, ClaimEntity, type ResourceKind } from './appointment.entities.js';
import type { AppointmentStatus, CancelReason } from './appointment.model.js';

export interface Resource {
  readonly kind: ResourceKind;
  readonly id: string;
}

type NewTime = Pick<AppointmentEntity, 'startsAt' | 'endsAt' | 'wallStart' | 'localDay'>;

/** Writes of appointments, inside the caller's unit of work. */
@Injectable()
export class AppointmentRepository {
  async insert(manager: EntityManager, row: AppointmentEntity, clientIds: readonly string[]): Promise<void> {
    await manager.insert(AppointmentEntity, row);
    await manager.insert(
      AppointmentMemberEntity,
      clientIds.map((clientId) => ({ appointmentId: row.id, clientId })),
    );
  }

  /** For the demo: many at once. */
  async insertMany(
    manager: EntityManager,
    rows: AppointmentEntity[],
    members: AppointmentMemberEntity[],
    claims: ClaimEntity[],
  ): Promise<void> {
    await manager.insert(AppointmentEntity, rows);
    await manager.insert(AppointmentMemberEntity, members);
    if (claims.length > 0) await manager.insert(ClaimEntity, claims);
  }

  /**
   * Makes those who want the same resource wait for each other. Not what forbids the overlap (the constraint is), but without it
   * two inserts that meet in the exclusion index can block each other until PostgreSQL ends one as a deadlock.
   */
  async waitForTurn(manager: EntityManager, resources: readonly Resource[]): Promise<void> {
    await manager.query(
      `SELECT pg_advisory_xact_lock(turn.key)
       FROM (SELECT DISTINCT hashtextextended(name, 7) AS key FROM unnest($1::text[]) AS name ORDER BY 1) AS turn`,
      [resources.map((resource) => `${resource.kind}:${resource.id}`)],
    );
  }

  /** Throws the database's 23P01 when any of them is taken. */
  async insertClaims(
    manager: EntityManager,
    appointmentId: string,
    resources: readonly Resource[],
    during: { readonly startsAt: Date; readonly endsAt: Date },
  ): Promise<void> {
    await manager.insert(
      ClaimEntity,
      resources.map((resource) => ({
        id: newId(),
        resourceKind: resource.kind,
        resourceId: resource.id,
        during: rangeOf(during),
        appointmentId,
      })),
    );
  }

  async moveClaims(
    manager: EntityManager,
    appointmentId: string,
    during: { readonly startsAt: Date; readonly endsAt: Date },
  ): Promise<void> {
    await manager.update(ClaimEntity, { appointmentId }, { during: rangeOf(during) });
  }

  async dropClaims(manager: EntityManager, appointmentId: string): Promise<void> {
    await manager.delete(ClaimEntity, { appointmentId });
  }

  /** False when somebody changed it since `version`. */
  async move(manager: EntityManager, id: string, version: number, time: NewTime): Promise<boolean> {
    const where = { id, version, status: 'booked' as const };
    return (await manager.update(AppointmentEntity, where, { ...time, version: version + 1 })).affected === 1;
  }

  /** False when somebody changed it since `version`. */
  async cancel(manager: EntityManager, id: string, version: number, reason: CancelReason): Promise<boolean> {
    const where = { id, version, status: 'booked' as const };
    const change = { status: 'cancelled' as const, cancelReason: reason, version: version + 1 };
    return (await manager.update(AppointmentEntity, where, change)).affected === 1;
  }

  /** From `booked` only; false when it is in another state. */
  async markStatus(
    manager: EntityManager,
    id: string,
    status: Exclude<AppointmentStatus, 'cancelled'>,
  ): Promise<boolean> {
    const result = await manager
      .createQueryBuilder()
      .update(AppointmentEntity)
      .set({ status, version: () => 'version + 1' })
      .where('id = :id AND status = :from', { id, from: 'booked' })
      .execute();
    return result.affected === 1;
  }
}

const rangeOf = (during: { readonly startsAt: Date; readonly endsAt: Date }): string =>
  `[${during.startsAt.toISOString()},${during.endsAt.toISOString()})`;
