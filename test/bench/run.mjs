// `npm run bench`: the Today page of the built server against the speed of light of its own stack, side by side on one machine.
// `npm run bench -- --quick` is a first look within a minute. See docs/reference/performance.md.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startTestPostgres } from '../support/postgres.mjs';
import { backendSeconds, cpuSeconds, median, residentMegabytes, spread, table } from './figures.mjs';
import { createDatabase, fill, PER_DAY, ZONE } from './fill.mjs';
import { askHelper, forkHelper, startServer, startUps } from './server.mjs';

const quick = process.argv.includes('--quick');
const plan = quick
  ? { clinicians: 40, clients: 400, days: 20, rounds: 3, seconds: 1, warm: 2, rest: 5, connections: 8 }
  : { clinicians: 200, clients: 4_000, days: 120, rounds: 7, seconds: 5, warm: 10, rest: 10, connections: 8 };
/** A/A may be off by this share of processor time before the run says nothing about A/B. */
const TRUSTED = 0.05;
const GOAL = 0.5;

const say = (line) => process.stdout.write(`${line}\n`);
const closers = [];
const folder = mkdtempSync(path.join(os.tmpdir(), 'alcove-bench-'));
closers.push(() => rmSync(folder, { recursive: true, force: true }));
try {
  await main();
} finally {
  for (const close of closers.reverse()) await Promise.resolve(close());
}

async function main() {
  const { seconds, rounds, connections, warm } = plan;
  say(
    `Node ${process.versions.node}, ${os.availableParallelism()} processors, load ${os.loadavg()[0].toFixed(1)} before the start`,
  );
  const postgres = await startTestPostgres();
  closers.push(() => postgres.stop());
  const url = await createDatabase(postgres.connection, 'bench');
  const data = await fill(url, folder, plan);
  say(
    `${plan.clinicians * plan.days * PER_DAY} appointments of ${plan.clinicians} clinicians and ${plan.clients} clients`,
  );

  const admin = new pg.Client({ ...postgres.connection, application_name: 'bench' });
  await admin.connect();
  closers.push(() => admin.end());
  const contenders = [await light('light-1', url, data), await alcove(url), await light('light-2', url, data)];
  const client = forkHelper('load.mjs');
  closers.push(() => client.disconnect());
  const job = { connections, days: data.days, rows: PER_DAY };
  const targets = { light: data.targets, alcove: await withCsrf(contenders[1].port, data) };
  const measure = async (who, length) => {
    const cpu = async () => [cpuSeconds(who.pid), await backendSeconds(admin, who.backends)];
    const before = await cpu();
    const result = await askHelper(client, { ...job, port: who.port, seconds: length, targets: targets[who.kind] });
    const after = await cpu();
    if (result.bad > 0)
      throw new Error(`${result.bad} of ${result.requests} answers of ${who.label} were not the page`);
    const [app, database] = after.map((value, at) => ((value - before[at]) / result.requests) * 1_000);
    return { ...result, rate: result.requests / result.seconds, app, database, cpu: app + database };
  };

  // Past the fifth execution of each statement on each connection, and until the hot functions are compiled.
  for (const who of contenders) await measure(who, warm);
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const found = new Map(contenders.map(({ label }) => [label, []]));
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const who of [...order, ...[...order].reverse()]) found.get(who.label).push(await measure(who, seconds));
    results.push(new Map([...found].map(([label, pair]) => [label, meanOf(pair)])));
  }
  report(results, contenders, residentMegabytes(contenders[1].pid));
  for (const who of contenders) await who.stop();
  const starts = await startUps(plan.rest);
  say('');
  for (const line of table(
    ['start and memory', 'measured', 'goal', ''],
    [
      ['first demo start, seconds', starts.first.toFixed(1), '20', verdict(starts.first <= 20)],
      ['second demo start, seconds', starts.second.toFixed(1), '5', verdict(starts.second <= 5)],
      [`resident after ${plan.rest} s idle, MB`, starts.idle.toFixed(0), '200', verdict(starts.idle <= 200)],
    ],
  ))
    say(line);
}

/** The bare server; `light-2` is the same program once more, for the A/A control. */
async function light(label, url, { names }) {
  const child = forkHelper('light.mjs');
  const { port } = await askHelper(child, { url, label, zone: ZONE, names: [...names] });
  const stop = () => child.connected && child.disconnect();
  closers.push(stop);
  return { kind: 'light', label, port, pid: child.pid, backends: (name) => name === label, stop };
}

async function alcove(url) {
  const server = await startServer('start', folder, { DATABASE_URL: url });
  closers.push(() => server.stop());
  return { ...server, kind: 'alcove', label: 'alcove', backends: (name) => name.startsWith('alcove') };
}

/** Browsers keep the cookie of the first page: so does the load. */
async function withCsrf(port, { targets, days }) {
  const filled = [];
  for (const { cookie } of targets) {
    const response = await fetch(`http://127.0.0.1:${port}/today?day=${days[0]}`, { headers: { cookie } });
    await response.text();
    const set = response.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
    filled.push({ cookie: [cookie, ...set].join('; ') });
  }
  return filled;
}

function meanOf(pair) {
  const mean = (key) => pair.reduce((sum, one) => sum + one[key], 0) / pair.length;
  return Object.fromEntries(Object.keys(pair[0]).map((key) => [key, mean(key)]));
}

function report(results, contenders, afterLoad) {
  const [base] = contenders;
  const ratios = (label, key) => results.map((round) => round.get(label)[key] / round.get(base.label)[key]);
  const middle = (label, key) => median(results.map((round) => round.get(label)[key]));
  say('');
  const names = { 'light-1': 'speed of light', 'light-2': 'the same again (A/A)', alcove: 'Alcove, Today' };
  const rows = ['light-1', 'light-2', 'alcove'].map((label) => [
    names[label],
    middle(label, 'rate').toFixed(0),
    spread(ratios(label, 'rate')),
    middle(label, 'app').toFixed(2),
    middle(label, 'database').toFixed(2),
    spread(ratios(label, 'cpu')),
    middle(label, 'p50').toFixed(1),
    middle(label, 'p99').toFixed(1),
    (middle(label, 'bytes') / 1_024).toFixed(1),
  ]);
  const header = [
    '',
    'pages/s',
    'throughput ratio',
    'app CPU ms',
    'PostgreSQL CPU ms',
    'CPU ratio',
    'p50 ms',
    'p99 ms',
    'KB',
  ];
  for (const line of table(header, rows)) say(line);
  say(
    `Ratios are median [least-most] of ${results.length} ABBA rounds at ${plan.connections} connections; Alcove holds ${afterLoad.toFixed(0)} MB after them.`,
  );
  const off = Math.abs(median(ratios('light-2', 'cpu')) - 1);
  if (off > TRUSTED) {
    say(
      `Not judged: the same program differs from itself by ${(off * 100).toFixed(1)} % of processor time on this machine now.`,
    );
    return;
  }
  const reached = median(ratios('alcove', 'rate'));
  say(`Goal G1, throughput >= ${GOAL} of the speed of light: ${reached.toFixed(2)}, ${verdict(reached >= GOAL)}.`);
}

function verdict(met) {
  return met ? 'met' : 'missed';
}
