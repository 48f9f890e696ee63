import type { NestExpressApplication } from '@nestjs/platform-express';
import { demoLinks } from '../features/encounters/demo.js';
import { SessionLinks } from '../features/encounters/public.js';
import { seedPeople } from '../features/people/demo.js';
import { PracticeService } from '../features/practice/public.js';
import { seedPractice } from '../features/practice/demo.js';
import { seedAppointments } from '../features/scheduling/demo.js';
import { Clock } from '../platform/clock.js';
import type { Config } from '../platform/config/config.js';
import { FatalError } from '../platform/process/fatal.js';
import { seedAccounts } from './demo-accounts.js';
import { readDemoFile, writeDemoFile, type DemoFile } from './demo-file.js';
import { sessionForNow } from './demo-session.js';

/**
 * Makes the synthetic practice around now, or finds the one of an earlier start, writes `demo.json` with a session that starts now,
 * and returns the lines to print.
 * @throws FatalError on a data directory that holds a practice of its own.
 */
export async function prepareDemo(app: NestExpressApplication, config: Config): Promise<string[]> {
  const file = config.data.file('demo.json');
  const before = readDemoFile(file);
  const practice = await app.get(PracticeService).current();
  if (practice && !before) {
    throw new FatalError(
      `${config.data.folder} holds a practice without a demo.json. The demo needs an empty ALCOVE_DATA_DIR.`,
    );
  }
  const known = practice && before ? before : await seed(app);
  const now = app.get(Clock).now();
  const session = await sessionForNow(app, known.references, now);
  const [clientId] = session.memberIds;
  const references = { ...known.references, appointmentId: session.id, clientId };
  const links = await demoLinks(app.get(SessionLinks), config.http.origin, { appointmentId: session.id, clientId });
  const content: DemoFile = { baseUrl: config.http.origin, accounts: known.accounts, session: links, references };
  writeDemoFile(file, content);
  return linesOf(content, file);
}

async function seed(app: NestExpressApplication): Promise<Pick<DemoFile, 'accounts' | 'references'>> {
  await seedPractice(app);
  const people = await seedPeople(app);
  const session = await seedAppointments(app, people, app.get(Clock).now());
  const accounts = await seedAccounts(app, people, session.clientId);
  const clinicianZone = people.clinicians.find(({ id }) => id === session.clinicianId)?.timeZone ?? 'UTC';
  return { accounts, references: { ...session, clinicianZone } };
}

function linesOf({ accounts, session }: DemoFile, file: string): string[] {
  const firsts = accounts.filter(({ role }, at) => accounts.findIndex((other) => other.role === role) === at);
  const width = Math.max(...firsts.map(({ role }) => role.length));
  return [
    '',
    `Everybody in this practice is made up. They all sign in with the password  ${accounts[0].password}`,
    ...firsts.map(
      ({ role, email, totpSecret }) =>
        `  ${role.padEnd(width)}  ${email}${totpSecret ? '  (asks for a code too)' : ''}`,
    ),
    '',
    'A session starts now. Open these two in two browsers:',
    `  clinician  ${session.clinicianUrl}`,
    `  client     ${session.clientUrl}`,
    '',
    `The same, with the authenticator secret, is in ${file}. Press Ctrl-C to stop.`,
  ];
}
