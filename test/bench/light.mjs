// The speed of light of this stack: node:http, pg and Handlebars with nothing in between. It looks the session up, reads the same day
// from the same tables by named prepared statements and writes a whole page of it. It checks no rights, writes no audit, and knows
// one language: what a product must do beyond this is what the ratio shows.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import Handlebars from 'handlebars';
import pg from 'pg';

const { url, name, label, names, zone } = await new Promise((resolve) => process.once('message', resolve));
const people = new Map(names);
const pool = new pg.Pool({ connectionString: url, max: 10, application_name: label });

const SESSION = {
  name: 'light.session',
  text: `SELECT a.person_id FROM core.session s JOIN core.account a ON a.id = s.account_id
          WHERE s.id_hash = $1 AND a.state = 'active' AND s.absolute_until > now()`,
};
const DAY = {
  name: 'light.day',
  text: `SELECT a.id, a.service, a.modality, a.status, a.starts_at, a.ends_at, m.client_id
           FROM core.appointment a JOIN core.appointment_member m ON m.appointment_id = a.id
          WHERE a.clinician_id = $1 AND a.local_day = $2 ORDER BY a.starts_at, a.id`,
};

const clock = new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', minute: '2-digit' });
const template = Handlebars.compile(
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{day}}</title><link rel="stylesheet" href="/alcove.css"></head>
<body><header><nav aria-label="Main"><ul>{{#each nav}}<li><a href="{{href}}">{{label}}</a></li>{{/each}}</ul></nav><p>{{reader}}</p></header>
<main><h1>{{day}}</h1><ol class="day list">{{#each lines}}
<li><div class="at"><time datetime="{{iso}}">{{from}}</time><small>until {{until}}</small></div>
<div><a class="who" href="/clients/{{client}}">{{who}}</a><small>{{service}}, {{modality}}</small></div>
<div class="state"><span class="chip">{{status}}</span></div><div class="act"><a class="btn" href="/appointments/{{id}}">Details</a></div></li>{{/each}}
</ol></main><footer><p>Times in {{zone}}</p></footer></body></html>`,
);
const nav = ['Today', 'Calendar', 'Clients', 'Account'].map((text) => ({
  label: text,
  href: `/${text.toLowerCase()}`,
}));

async function today(request) {
  const day = new URL(request.url, 'http://localhost').searchParams.get('day');
  const sid = decodeURIComponent(/sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
  const idHash = createHash('sha256')
    .update(sid.slice(2, sid.lastIndexOf('.')))
    .digest();
  const session = (await pool.query({ ...SESSION, values: [idHash] })).rows[0];
  if (!session) return undefined;
  const { rows } = await pool.query({ ...DAY, values: [session.person_id, day] });
  return template({
    day,
    zone,
    nav,
    reader: people.get(session.person_id),
    lines: rows.map((row) => ({
      id: row.id,
      client: row.client_id,
      who: people.get(row.client_id),
      iso: row.starts_at.toISOString(),
      from: clock.format(row.starts_at),
      until: clock.format(row.ends_at),
      service: row.service,
      modality: row.modality,
      status: row.status,
    })),
  });
}

const server = createServer((request, response) => {
  today(request).then(
    (html) => {
      if (html === undefined) return response.writeHead(401).end();
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(html) })
        .end(html);
    },
    (error) => response.writeHead(500).end(String(error)),
  );
});
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, name }));
process.on('disconnect', () => process.exit(0));
