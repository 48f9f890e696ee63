import { DataSource } from 'typeorm';
import { WeeklyReview } from '../../../../src/features/audit/review/weekly-review.service.js';
import { finishedWeeks } from '../../../../src/features/audit/days.js';
import { People } from '../../../../src/features/people/public.js';
import { systemPrincipal, type Principal } from '../../../../src/platform/access/principal.js';
import { auditColumns, insertAuditRows } from '../../../../src/platform/audit/audit-insert.js';
import { AuditKeys } from '../../../../src/platform/audit/audit-keys.js';
import { auditRow } from '../../../../src/platform/audit/audit-row.js';
import { Authenticator } from '../../../support/authenticator.js';
import { HttpPerson, type HttpAnswer } from '../../../support/http-person.js';
import { givePasskey } from '../../../support/passkey-person.js';
import { PASSWORD, ZONE, type SmallPractice, type Somebody } from '../../../support/small-practice.js';
import type { Canaries } from './canaries.js';

const DOOR = ['place', 'contact', 'phone'] as const;
const PHONE = '(503) 555-0142';
const HOUR = 3_600_000;

/** Acts with canaries that the application takes: what is stored because it should be, and must stay where it belongs. */
export class Planting {
  constructor(
    private readonly practice: SmallPractice,
    private readonly canaries: Canaries,
  ) {}

  /** Everything below, in turn. */
  async everything(clinician: Somebody): Promise<void> {
    await this.refusedSignIns();
    await this.recordAndDoor(clinician);
    const owner = await this.ownerAt('a browser');
    await this.colleague(owner);
    await this.program(owner);
    await this.oneself(await this.practice.add('clinician'));
    await this.review(owner);
    await this.emergency(clinician);
  }

  /** Signs the owner in with a browser that says something of itself. */
  private async ownerAt(what: string): Promise<HttpPerson> {
    const owner = await this.practice.browser(this.practice.owner, this.practice.booted.url, {
      'user-agent': `Mozilla/5.0 ${this.canaries.of(`user agent of ${what}`)}`,
    });
    for (const [name, value] of owner.jar) this.canaries.take(`cookie ${name}`, value);
    return owner;
  }

  private async refusedSignIns(): Promise<void> {
    const person = new HttpPerson(this.practice.booted.url);
    await person.get('/sign-in');
    const email = this.address('sign-in address');
    await person.post('/sign-in', { email, password: this.canaries.of('sign-in password') });
    await person.post('/sign-in/forgot', { email });
    const near = `${PASSWORD}${this.canaries.of('near password')}`;
    await person.post('/sign-in', { email: this.practice.owner.email, password: near });
    await person.post('/sign-in/passkey', { answer: this.canaries.of('sign-in passkey answer') });
    await person.get(`/link/${this.canaries.of('link token').padEnd(43, 'x')}`);
  }

  private async recordAndDoor({ personId }: Somebody): Promise<void> {
    const id = await this.practice.get(People).createClient(systemPrincipal('test'), {
      legalName: `Robin ${this.canaries.of('client legal name')}`,
      chosenName: this.canaries.of('client chosen name'),
      pronouns: this.canaries.of('client pronouns'),
      email: this.address('client email'),
      phone: PHONE,
      birthDate: '1991-02-03',
      timeZone: ZONE,
      clinicianId: personId ?? '',
    });
    const { door } = await this.practice.session(personId ?? '', id);
    this.canaries.take('session link', door.slice('/j/'.length));
    const guest = new HttpPerson(this.practice.booted.url);
    await guest.get(`${door}/questions`);
    const answers = Object.fromEntries(DOOR.map((name) => [name, this.canaries.of(`door ${name}`)]));
    done(await guest.post(`${door}/enter`, { privacy: 'alone', ...answers, phone: PHONE }), 303);
    await guest.get(`${door}/waiting`);
  }

  /** Invited, entered by the link, then helped back in after a lost second factor. */
  private async colleague(owner: HttpPerson): Promise<void> {
    await owner.get('/admin/people/invite');
    const invited = await owner.post('/admin/people/invite', {
      name: `Robin ${this.canaries.of('invite name')}`,
      email: this.address('invite email'),
      credential: this.canaries.of('invite credential'),
      role: 'clinician',
    });
    const link = linkIn(done(invited, 200).text);
    this.canaries.take('invite link', link.slice('/link/'.length));
    const invitee = new HttpPerson(this.practice.booted.url, {
      'user-agent': this.canaries.of('user agent of somebody invited'),
    });
    await invitee.get(link);
    const password = `A long one ${this.canaries.of('invite password')}`;
    done(await invitee.post(link, { password, timeZone: ZONE }), 303);
    const [{ id }] = await this.practice
      .get(DataSource)
      .query<{ id: string }[]>('SELECT id FROM core.account ORDER BY created_at DESC LIMIT 1');
    const words = `We spoke by phone ${this.canaries.of('lost factor words')}`;
    done(await owner.post(`/admin/people/${id}/recovery`, { how: 'known-number', words }), 303, 422);
    const reset = await owner.post(`/admin/people/${id}/password-link`);
    this.canaries.take('reset link', linkIn(done(reset, 200).text).slice('/link/'.length));
  }

  private async program(owner: HttpPerson): Promise<void> {
    const made = await owner.post('/admin/programs', {
      name: `Collector ${this.canaries.of('program name')}`,
      about: this.canaries.of('program about'),
    });
    const path = done(made, 303).location?.split('?')[0] ?? '';
    const fields = new URLSearchParams({ _csrf: owner.token, scopes: 'audit:read', days: '30' });
    const shown = done(await owner.post(`${path}/keys`, Object.fromEntries(fields)), 200);
    const key = /<textarea[^>]*name="key"[^>]*>([^<]+)/.exec(shown.text)?.[1];
    if (key === undefined) throw new Error('the key is not on the page');
    this.canaries.take('API key', key.trim());
    const program = new HttpPerson(this.practice.booted.url, { authorization: `Bearer ${key.trim()}` });
    done(await program.get('/api/v1/whoami', { headers: { accept: 'application/json' } }), 200);
    const almost = `${key.trim().slice(0, -20)}${this.canaries.of('key that is almost one').slice(-20)}`;
    await new HttpPerson(this.practice.booted.url, { authorization: `Bearer ${almost}` }).get('/api/v1/whoami');
    done(
      await owner.post('/admin/single-sign-on/groups', { group: this.canaries.of('group name'), role: 'biller' }),
      303,
    );
  }

  /** One's own passkey, codes and address. */
  private async oneself(who: Somebody): Promise<void> {
    const own = await this.practice.browser(who);
    const key = new Authenticator(this.practice.booted.url);
    await givePasskey(own, key, this.canaries.of('passkey label'));
    this.canaries.take('passkey', key.credentialId);
    await own.get('/account/recovery-codes');
    const codes = done(await own.post('/account/recovery-codes'), 200);
    const [, first] = /<code class="text-break">([^<]+)/.exec(codes.text) ?? [];
    this.canaries.take('recovery code', first);
    done(await own.post('/account/email', { email: this.address('own new address') }), 303);
  }

  /** A week with a finding, decided about and signed with words. */
  private async review(owner: HttpPerson): Promise<void> {
    const [week] = finishedWeeks(new Date(Date.now() - 8 * 24 * HOUR), ZONE, new Date(0), 1);
    const who: Principal = {
      kind: 'user',
      id: this.practice.owner.account,
      role: 'owner',
      permissions: new Set(),
    };
    const row = auditRow(who, { action: 'kit.show' }, new Date(week.from.getTime() + 34 * HOUR));
    const database = this.practice.get(DataSource);
    await database.query(insertAuditRows.text, auditColumns(this.practice.get(AuditKeys).leaf, [row]));
    await this.practice.get(WeeklyReview).prepareDue();
    const [{ id }] = await database.query<{ id: string }[]>('SELECT id FROM core.review_finding LIMIT 1');
    const note = `Asked at lunch ${this.canaries.of('finding note')}`;
    done(await owner.post(`/admin/audit/review/findings/${id}`, { decision: 'asked', note }), 303);
    const words = this.canaries.of('week note');
    done(await owner.post(`/admin/audit/review/${week.start}/sign`, { note: words }), 303);
  }

  private async emergency(other: Somebody): Promise<void> {
    const clinician = await this.practice.add('clinician');
    const client = await this.practice.add('client', { clinicianId: other.personId ?? '' });
    const [{ number }] = await this.practice
      .get(DataSource)
      .query<{ number: string }[]>('SELECT number::text AS number FROM core.client WHERE id = $1', [client.personId]);
    const person = await this.practice.browser(clinician);
    const words = `The sister called ${this.canaries.of('emergency words')}`;
    done(await person.post('/clients/emergency', { number, why: 'danger', words, minutes: '30' }), 303);
    await person.get(`/clients/${client.personId}`);
  }

  private address(kind: string): string {
    return `${this.canaries.of(kind)}@care.example`;
  }
}

/** The answer itself, when it is what an accepted act is answered with. */
function done(answer: HttpAnswer, ...expected: readonly number[]): HttpAnswer {
  if (!expected.includes(answer.status))
    throw new Error(`answered ${answer.status}: ${answer.text.replace(/<[^>]+>|\s+/g, ' ').slice(0, 600)}`);
  return answer;
}

function linkIn(html: string): string {
  const path = /value="http[^"]*(\/link\/[\w-]{43})"/.exec(html)?.[1];
  if (path === undefined) throw new Error(`no link on the page: ${html.slice(0, 400)}`);
  return path;
}
