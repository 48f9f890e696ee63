// Closed-loop load in a process of its own: so many keep-alive connections, each asking for the next page when it has read the last.
import { Agent, get } from 'node:http';

process.on('message', (job) => {
  run(job).then(
    (result) => process.send(result),
    (error) => process.send({ error: String(error?.stack ?? error) }),
  );
});
process.on('disconnect', () => process.exit(0));

/**
 * @param job `{ port, seconds, connections, targets: [{ cookie }], days, rows }`; every answer must be 200 with `rows` rows
 * @returns `{ requests, bad, seconds, bytes, p50, p99 }`, times in milliseconds, bytes of the last page
 */
async function run({ port, seconds, connections, targets, days, rows }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times = [];
  let bad = 0;
  let bytes = 0;
  const began = performance.now();
  const until = began + seconds * 1_000;
  const one = async () => {
    while (performance.now() < until) {
      const sent = performance.now();
      const { status, text } = await ask(agent, port, `/today?day=${pick(days)}`, pick(targets).cookie);
      times.push(performance.now() - sent);
      bytes = Buffer.byteLength(text);
      if (status !== 200 || text.split('class="who"').length - 1 !== rows) bad++;
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  const took = (performance.now() - began) / 1_000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return { requests: times.length, bad, seconds: took, bytes, p50: at(0.5), p99: at(0.99) };
}

const pick = (list) => list[Math.floor(Math.random() * list.length)];

function ask(agent, port, path, cookie) {
  return new Promise((resolve, reject) => {
    const request = get(
      { host: '127.0.0.1', port, path, agent, headers: { cookie, accept: 'text/html' } },
      (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(parts).toString() }));
        response.on('error', reject);
      },
    );
    request.setTimeout(20_000, () => request.destroy(new Error('no answer within 20 s')));
    request.on('error', reject);
  });
}
