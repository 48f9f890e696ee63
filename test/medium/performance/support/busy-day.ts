import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { parseSetCookie } from 'cookie';
import { DataSource } from 'typeorm';
import { AccountService } from '../../../../src/features/access/public.js';
import { People } from '../../../../src/features/people/public.js';
import { PracticeService } from '../../../../src/features/practice/public.js';
import { systemPrincipal } from '../../../../src/platform/access/principal.js';
import { newId } from '../../../../src/platform/ids.js';
import { Work } from '../../../../src/platform/work/work.js';
import type { BootedApp } from '../../../support/app.js';

const ZONE = 'America/Denver';
const PASSWORD = 'quiet river lantern';

/** A clinician who is signed in, with one client and as many video appointments on a day as asked. */
export class BusyDay {
  private constructor(
    private readonly booted: BootedApp,
    private readonly cookie: string,
    private readonly clinicianId: string,
    private readonly clientId: string,
  ) {}

  static async of(booted: BootedApp): Promise<BusyDay> {
    const { app } = booted;
    // A slow machine must not find that an idle connection was closed just as it writes to it.
    (app.getHttpServer() as Server).keepAliveTimeout = 120_000;
    const who = systemPrincipal('performance');
    const location = { name: 'Main office', timeZone: ZONE };
    await app.get(PracticeService).create(who, { name: 'Linden Row', timeZone: ZONE, location });
    const people = app.get(People);
    const [clinicianId, clientId] = await app
      .get(Work)
      .run(who, async (tx) => [
        await people.createClinicianInside(tx, { legalName: 'Ines Calloway', timeZone: ZONE }),
        await people.createClientInside(tx, { legalName: 'Robin Vale', timeZone: ZONE }),
      ]);
    const email = `ines-${randomBytes(4).toString('hex')}@example.org`;
    const account = { role: 'clinician', email, password: PASSWORD, personId: clinicianId, timeZone: ZONE } as const;
    await app.get(AccountService).create(who, account);
    return new BusyDay(booted, await signIn(booted.url, email), clinicianId, clientId);
  }

  /** Puts appointments of five minutes, one after another from 8:00, on a day (`YYYY-MM-DD`). */
  async book(day: string, count: number): Promise<void> {
    const dataSource = this.booted.app.get(DataSource);
    const [{ case_id: caseId }] = await dataSource.query<{ case_id: string }[]>(
      'SELECT case_id FROM core.case_member WHERE client_id = $1',
      [this.clientId],
    );
    const ids = Array.from({ length: count }, () => newId());
    await dataSource.query(
      `INSERT INTO core.appointment (id, case_id, clinician_id, service, modality, status, starts_at, ends_at, time_zone, wall_start,
                                     local_day, version, created_by)
       SELECT a.id, $2, $3, 'individual', 'video', 'booked', a.wall AT TIME ZONE $4, (a.wall + interval '5 minutes') AT TIME ZONE $4,
              $4, a.wall, $5::date, 1, 'performance'
         FROM (SELECT id, $5::date + interval '8 hours' + (n - 1) * interval '5 minutes' AS wall
                 FROM unnest($1::uuid[]) WITH ORDINALITY AS given (id, n)) AS a`,
      [ids, caseId, this.clinicianId, ZONE, day],
    );
    await dataSource.query(
      'INSERT INTO core.appointment_member (appointment_id, client_id) SELECT unnest($1::uuid[]), $2',
      [ids, this.clientId],
    );
  }

  /** How many appointments the page of a day shows. Throws when it is not the page. */
  async show(day: string): Promise<number> {
    const response = await fetch(`${this.booted.url}/today?day=${day}`, { headers: { cookie: this.cookie } });
    const html = await response.text();
    if (response.status !== 200) throw new Error(`/today answered ${response.status}`);
    return html.match(/<a class="who"/g)?.length ?? 0;
  }
}

async function signIn(url: string, email: string): Promise<string> {
  const jar = new Map<string, string>();
  const keep = (response: Response): void => {
    for (const line of response.headers.getSetCookie()) {
      const { name, value } = parseSetCookie(line, { decode: (text) => text });
      if (value) jar.set(name, value);
    }
  };
  const cookie = (): string => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const form = await fetch(`${url}/sign-in`);
  keep(form);
  const token = /name="_csrf" value="([^"]+)/.exec(await form.text())?.[1] ?? '';
  const answer = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: cookie(), origin: url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ _csrf: token, email, password: PASSWORD }).toString(),
  });
  if (answer.status !== 303) throw new Error(`signing in answered ${answer.status}`);
  keep(answer);
  return cookie();
}
