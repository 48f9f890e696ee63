import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newKeyRing, parseKeyRing, serialiseKeyRing, type KeyRing } from '../../../src/platform/crypto/key-ring.js';
import { recoveryKit, type RecoveryKit } from '../../../src/platform/crypto/recovery-kit.js';
import { ClusterPaths } from '../../../src/platform/database/embedded/cluster-paths.js';
import { postmasterOf } from '../../../src/platform/database/embedded/orphan.js';
import { compileSources, type Compiled } from '../../support/compiled.js';
import { freshDatabase } from '../../support/database.js';
import { nodePath, run, until } from '../../support/processes.js';

interface Finding {
  check: string;
  state: string;
  text: string;
}

describe('the alcove command', () => {
  let compiled: Compiled;
  let data: string;

  beforeAll(() => {
    compiled = compileSources('.');
    data = mkdtempSync('/tmp/alcove-cli-');
  });
  afterAll(async () => {
    await until('no PostgreSQL is left', () => postmasterOf(new ClusterPaths(path.join(data, 'pg')).cluster) === null);
    compiled.remove();
    rmSync(data, { recursive: true, force: true });
  });

  /** `input` is what is typed; without it standard input is closed. */
  const alcove = async (args: string[], env: Record<string, string> = {}, input?: string) => {
    const main = JSON.stringify(pathToFileURL(path.join(compiled.folder, 'cli/main.js')).href);
    const script = `const { main } = await import(${main}); await main(['node', 'alcove', ...process.argv.slice(1)]);`;
    const process_ = run(nodePath, ['--input-type=module', '-e', script, '--', ...args], {
      env: { PATH: process.env.PATH, ALCOVE_DATA_DIR: data, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    // A command that ends before it has read everything closes the pipe, which is no fault of this test.
    process_.child.stdin?.on('error', () => undefined).end(input);
    const code = await process_.ended;
    return { code, output: process_.output() };
  };

  it('says what there is, and its version', async () => {
    const { code, output } = await alcove(['--help']);
    expect(code).toBe(0);
    for (const name of ['start', 'demo', 'migrate', 'doctor', 'db', 'audit', 'keys'])
      expect(output).toMatch(new RegExp(`^  ${name}`, 'm'));
    expect((await alcove(['--version'])).output).toMatch(/^\d+\.\d+\.\d+/);
    expect((await alcove(['frobnicate'])).code).toBe(1);
  });

  it('makes nothing where there is nothing to look at', async () => {
    const { code, output } = await alcove(['doctor', '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(output) as Finding[]).find(({ check }) => check === 'database')?.text).toMatch(/None yet/);
    expect((await alcove(['migrate', '--check'])).output).toMatch(/^alcove: There is no database in .* yet\./);
    expect((await alcove(['audit', 'verify'])).output).toMatch(/^alcove: There is no key file/);
    expect((await alcove(['keys', 'kit'])).code).toBe(1);
    expect(readdirSync(data)).toEqual([]);
  });

  it('migrates with a PostgreSQL of its own for as long as it takes, once', async () => {
    const first = await alcove(['migrate', '--json']);
    expect(first.output).toMatch(/core\.PlatformExtensions1764000000001/);
    expect(first.code).toBe(0);
    const cluster = new ClusterPaths(path.join(data, 'pg')).cluster;
    expect(postmasterOf(cluster)).toBeNull();
    expect(existsSync(path.join(data, 'server.lock'))).toBe(false);
    const second = await alcove(['migrate']);
    expect(second).toEqual({ code: 0, output: 'The database is up to date.\n' });
    expect((await alcove(['migrate', '--check'])).code).toBe(0);
  });

  it('lets two commands at once take turns', async () => {
    const results = await Promise.all([alcove(['migrate']), alcove(['migrate'])]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
  });

  it('finds what is wrong', async () => {
    const { code, output } = await alcove(['doctor', '--json'], { ALCOVE_BASE_URL: 'http://care.example.org' });
    const findings = JSON.parse(output) as Finding[];
    const stateOf = (check: string): string | undefined => findings.find((finding) => finding.check === check)?.state;
    expect(stateOf('address')).toBe('fail');
    expect(stateOf('database')).toBe('ok');
    expect(stateOf('migrations')).toBe('ok');
    expect(stateOf('clock')).toBe('ok');
    expect(stateOf('db-guards')).toBe('ok');
    expect(findings.find(({ check }) => check === 'db-user')?.text).toMatch(/the next start makes one/);
    expect(code).toBe(1);
    writeFileSync(path.join(data, 'keys.json'), '{}');
    chmodSync(path.join(data, 'keys.json'), 0o644);
    expect((await alcove(['doctor'])).output).toMatch(/^fail +keys +.*chmod 600/m);
    expect((await alcove(['keys', 'kit'])).output).toMatch(/^alcove: keys-open-to-others: .*chmod 600/);
    rmSync(path.join(data, 'keys.json'));
  });

  it('reports every wrong setting in a line of its own, and a wrong DATABASE_URL in one', async () => {
    const { code, output } = await alcove(['migrate'], { PORT: 'x', DATABASE_URL: 'mysql://h/canary' });
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([
      'alcove: PORT: use a whole number from 1 to 65535.',
      expect.stringMatching(/^alcove: DATABASE_URL: use postgres:/),
    ]);
    const refused = await alcove(['migrate'], { DATABASE_URL: 'postgres://me:canary@127.0.0.1:1/x' });
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(
      /^alcove: DATABASE_URL: no PostgreSQL answers for x on 127\.0\.0\.1, port 1\.[^\n]*\n$/,
    );
    expect(refused.output).not.toMatch(/canary/);
    const doctor = await alcove(['doctor', '--json'], { DATABASE_URL: 'postgres://me:canary@127.0.0.1:1/x' });
    expect((JSON.parse(doctor.output) as Finding[]).at(-1)).toMatchObject({ check: 'database', state: 'fail' });
  });

  it('works with an external database', async () => {
    const database = await freshDatabase();
    const { code, output } = await alcove(['migrate', '--json'], {
      DATABASE_URL: database.url,
      ALCOVE_DATA_DIR: `${data}/none`,
    });
    expect(output).toMatch(/kernel\.LiveSpool/);
    expect(code).toBe(0);
    expect(existsSync(`${data}/none`)).toBe(false);
    await database.close();
  });

  it('shows the two users of the database, and prints what makes the second', async () => {
    const database = await freshDatabase();
    const role = `${database.name}_app`;
    const env = { DATABASE_URL: database.url, ALCOVE_DATA_DIR: `${data}/none` };
    expect((await alcove(['migrate'], env)).code).toBe(0);
    expect((await alcove(['db', 'roles'], env)).output).toMatch(
      /^warn +db-user +.*works as the owner of the database/m,
    );
    const { code, output } = await alcove(['db', 'roles', '--sql'], env);
    expect(code).toBe(0);
    expect(output).toContain(`CREATE ROLE "${role}" LOGIN NOSUPERUSER`);
    expect(output).toContain(`GRANT SELECT, INSERT ON TABLE "core"."audit_event" TO "${role}";`);

    const client = new pg.Client(database.connection);
    await client.connect();
    const asked = { ...env, DATABASE_APP_URL: database.url.replace(/\/\/[^@]+@/, `//${role}:app@`) };
    try {
      await client.query(output.replace('choose-a-long-password', 'app'));
      const good = await alcove(['db', 'roles', '--json'], asked);
      expect((JSON.parse(good.output) as Finding[]).filter(({ state }) => state !== 'ok')).toEqual([]);
      expect(good.code).toBe(0);
      // Too much by one right.
      await client.query(`GRANT UPDATE ON core.audit_event TO ${role}`);
      const bad = await alcove(['db', 'roles'], asked);
      expect(bad.output).toMatch(/^fail +db-rows +.*can UPDATE on TABLE "core"\."audit_event"/m);
      expect(bad.code).toBe(1);
      expect((await alcove(['migrate'], asked)).code).toBe(0);
      expect((await alcove(['db', 'roles'], asked)).code).toBe(0);
    } finally {
      await client.end();
      await database.close();
    }
    const alone = await alcove(['doctor'], { DATABASE_APP_URL: 'postgres://a:canary@h/x' });
    expect(alone.output).toMatch(/^alcove: DATABASE_APP_URL: stands alone; [^\n]*\n$/);
  });

  describe('keys restore', () => {
    const restore = (input: string, data: string, env: Record<string, string> = {}) =>
      alcove(['keys', 'restore'], { ALCOVE_DATA_DIR: data, ...env }, input);
    let folder: string;
    let kit: RecoveryKit;
    let ring: KeyRing;
    beforeEach(() => {
      folder = path.join(mkdtempSync(path.join(data, 'restore-')), 'data');
      ring = newKeyRing();
      kit = recoveryKit(ring);
    });
    const file = (): string => path.join(folder, 'keys.json');
    const wrong = (group: string): string => group.slice(0, -1) + (group.endsWith('0') ? '1' : '0');

    it('makes the key file again from the printed kit, closed to others, and prints no key', async () => {
      const { code, output } = await restore(kit.text.toLowerCase(), folder);
      expect(output).toContain(`The keys are in ${file()}.`);
      expect(code).toBe(0);
      expect(parseKeyRing(readFileSync(file(), 'utf8'), 'the file')).toEqual(ring);
      expect(statSync(file()).mode & 0o777).toBe(0o600);
      const secrets = [...kit.groups, ring.root.toString('base64url'), ring.root.toString('hex')];
      expect(secrets.filter((secret) => output.toUpperCase().includes(secret.toUpperCase()))).toEqual([]);
      // The kit of what was restored is the kit that was typed.
      expect((await alcove(['keys', 'kit'], { ALCOVE_DATA_DIR: folder })).output).toContain(kit.text.trimEnd());
    });

    it('refuses where there are keys, and leaves them alone', async () => {
      await restore(kit.groups.join(' '), folder);
      const before = readFileSync(file(), 'utf8');
      const again = await restore(recoveryKit(newKeyRing()).text, folder);
      expect(again).toEqual({
        code: 1,
        output: `alcove: There is a key file already: ${file()}. Move it away first; it is never overwritten.\n`,
      });
      expect(readFileSync(file(), 'utf8')).toBe(before);
      const inline = await restore(kit.text, `${folder}-other`, { ALCOVE_KEY_RING: serialiseKeyRing(ring) });
      expect(inline.code).toBe(1);
      expect(inline.output).toMatch(/^alcove: ALCOVE_KEY_RING is set[^\n]*\n$/);
    });

    it('says in one line which group is wrong, quotes nothing, and writes nothing', async () => {
      const mistyped = kit.groups.with(2, wrong(kit.groups[2]));
      const cases: [string, RegExp][] = [
        [mistyped.join('\n'), /^alcove: kit-invalid: Group 3 of \d+ has a typing mistake\. Nothing was written\.\n$/],
        [kit.groups.slice(0, -1).join(' '), /^alcove: kit-invalid: Every group is well-formed, [^\n]*\n$/],
        ['', /^alcove: No groups of a recovery kit came in\.\n$/],
        ['x'.repeat(70_000), /^alcove: This is longer than any recovery kit\.\n$/],
      ];
      for (const [input, line] of cases) {
        const { code, output } = await restore(input, folder);
        expect(output).toMatch(line);
        expect(code).toBe(1);
        for (const group of mistyped) expect(output).not.toContain(group);
      }
      expect(existsSync(folder)).toBe(false);
    });
  });

  it('prints a recovery kit for the keys there are', async () => {
    const ring = newKeyRing();
    const { code, output } = await alcove(['keys', 'kit'], { ALCOVE_KEY_RING: serialiseKeyRing(ring) });
    expect(code).toBe(0);
    expect(output).toContain(recoveryKit(ring).text.trimEnd());
  });
});
