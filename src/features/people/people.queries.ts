import { Injectable } from '@nestjs/common';
import { namedQuery, Sql } from '../../platform/database/sql.js';
import type { AssignmentKind, CaseKind, ClientStatus } from './people.model.js';

export interface PersonRow {
  id: string;
  legal_name_enc: Buffer;
  chosen_name_enc: Buffer | null;
  pronouns_enc: Buffer | null;
  time_zone: string;
  number: string | null;
  client_status: ClientStatus | null;
  clinician_status: 'active' | 'ended' | null;
  staff: boolean;
  guardian: boolean;
  clinician_ids: string[];
}

export interface ClientRow {
  id: string;
  number: string;
  status: ClientStatus;
  legal_name_enc: Buffer;
  chosen_name_enc: Buffer | null;
  pronouns_enc: Buffer | null;
  birth_enc: Buffer | null;
  email_enc: Buffer | null;
  phone_enc: Buffer | null;
  time_zone: string;
}

export interface ClinicianRow {
  id: string;
  credential: string | null;
  status: 'active' | 'ended';
  color: number;
}

const PERSON = `
  SELECT p.id, p.legal_name_enc, p.chosen_name_enc, p.pronouns_enc, p.time_zone,
         c.number::text AS number, c.status AS client_status, k.status AS clinician_status,
         s.id IS NOT NULL AS staff,
         EXISTS (SELECT 1 FROM core.relationship r WHERE r.person_id = p.id) AS guardian,
         ARRAY(SELECT DISTINCT a.clinician_id FROM core.assignment a
               WHERE a.client_id = p.id AND a.from_at <= now() AND (a.until_at IS NULL OR a.until_at > now())) AS clinician_ids
  FROM core.person p
  LEFT JOIN core.client c ON c.id = p.id
  LEFT JOIN core.clinician k ON k.id = p.id
  LEFT JOIN core.staff_member s ON s.id = p.id`;

const DIRECTORY_PAGE = namedQuery<PersonRow>(
  'people.directory-page',
  `${PERSON} WHERE p.id > $1::uuid ORDER BY p.id LIMIT $2`,
);
const DIRECTORY_SOME = namedQuery<PersonRow>('people.directory-some', `${PERSON} WHERE p.id = ANY($1::uuid[])`);

const CLIENT = namedQuery<ClientRow>(
  'people.client',
  `SELECT c.id, c.number::text AS number, c.status, p.legal_name_enc, p.chosen_name_enc, p.pronouns_enc,
          p.birth_enc, p.email_enc, p.phone_enc, p.time_zone
   FROM core.client c JOIN core.person p ON p.id = c.id WHERE c.id = $1::uuid`,
);

const CLINICIANS = namedQuery<ClinicianRow>(
  'people.clinicians',
  `SELECT id, credential, status, color FROM core.clinician WHERE status = 'active'`,
);
const CLINICIAN = namedQuery<ClinicianRow>(
  'people.clinician',
  'SELECT id, credential, status, color FROM core.clinician WHERE id = $1::uuid',
);

/** Half-open in time: an assignment that ends at an instant does not hold at that instant. */
const ASSIGNED = namedQuery<{ kind: AssignmentKind }>(
  'people.assigned',
  `SELECT kind FROM core.assignment
   WHERE clinician_id = $1::uuid AND client_id = $2::uuid AND from_at <= $3::timestamptz
     AND (until_at IS NULL OR until_at > $3::timestamptz) LIMIT 1`,
);
/** Why a chart is open to somebody, the strongest reason first. Half-open in time, as above. */
const GROUND = namedQuery<{ basis: AssignmentKind | 'emergency'; until_at: Date | null }>(
  'people.care-ground',
  `SELECT basis, until_at FROM (
     SELECT kind AS basis, until_at, CASE kind WHEN 'assigned' THEN 1 WHEN 'covering' THEN 2 ELSE 3 END AS rank
       FROM core.assignment
      WHERE clinician_id = $1::uuid AND client_id = $2::uuid AND from_at <= $4::timestamptz
        AND (until_at IS NULL OR until_at > $4::timestamptz)
     UNION ALL
     SELECT 'emergency', until_at, 4 FROM core.emergency_access
      WHERE account_id = $3::uuid AND client_id = $2::uuid AND closed_at IS NULL
        AND opened_at <= $4::timestamptz AND until_at > $4::timestamptz
   ) AS grounds ORDER BY rank LIMIT 1`,
);
const CASELOAD = namedQuery<{ client_id: string }>(
  'people.caseload',
  `SELECT DISTINCT client_id FROM core.assignment
   WHERE clinician_id = $1::uuid AND from_at <= $2::timestamptz AND (until_at IS NULL OR until_at > $2::timestamptz)`,
);

const CASE_OF_CLIENT = namedQuery<{ id: string }>(
  'people.individual-case',
  `SELECT f.id FROM core.case_member m JOIN core.case_file f ON f.id = m.case_id
   WHERE m.client_id = $1::uuid AND f.kind = 'individual' ORDER BY f.created_at, f.id LIMIT 1`,
);
const CASE = namedQuery<{ id: string; kind: CaseKind; members: string[] }>(
  'people.case',
  `SELECT f.id, f.kind, ARRAY(SELECT m.client_id FROM core.case_member m WHERE m.case_id = f.id ORDER BY m.client_id) AS members
   FROM core.case_file f WHERE f.id = $1::uuid`,
);

/** Reads of this feature, as plain rows. */
@Injectable()
export class PeopleQueries {
  constructor(private readonly sql: Sql) {}

  directoryPage(after: string, limit: number): Promise<PersonRow[]> {
    return this.sql.rows(DIRECTORY_PAGE, [after, limit]);
  }

  directorySome(ids: readonly string[]): Promise<PersonRow[]> {
    return this.sql.rows(DIRECTORY_SOME, [ids]);
  }

  client(id: string): Promise<ClientRow | undefined> {
    return this.sql.first(CLIENT, [id]);
  }

  clinicians(): Promise<ClinicianRow[]> {
    return this.sql.rows(CLINICIANS);
  }

  clinician(id: string): Promise<ClinicianRow | undefined> {
    return this.sql.first(CLINICIAN, [id]);
  }

  async isAssigned(clinicianId: string, clientId: string, at: Date): Promise<boolean> {
    return (await this.sql.first(ASSIGNED, [clinicianId, clientId, at])) !== undefined;
  }

  /** `clinicianId` and `accountId` are null for somebody who has none, or may not use what it could open. */
  ground(of: {
    readonly clinicianId: string | null;
    readonly clientId: string;
    readonly accountId: string | null;
    readonly at: Date;
  }): Promise<{ basis: AssignmentKind | 'emergency'; until_at: Date | null } | undefined> {
    return this.sql.first(GROUND, [of.clinicianId, of.clientId, of.accountId, of.at]);
  }

  async caseload(clinicianId: string, at: Date): Promise<ReadonlySet<string>> {
    return new Set((await this.sql.rows(CASELOAD, [clinicianId, at])).map((row) => row.client_id));
  }

  async individualCase(clientId: string): Promise<string | undefined> {
    return (await this.sql.first(CASE_OF_CLIENT, [clientId]))?.id;
  }

  caseById(id: string): Promise<{ id: string; kind: CaseKind; members: string[] } | undefined> {
    return this.sql.first(CASE, [id]);
  }
}
