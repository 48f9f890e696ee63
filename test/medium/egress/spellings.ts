/** Ways to write an address so that a check reads one thing and a connection another. Each leads to this machine, or nowhere. */
export function spellings(port: number): string[] {
  const found = new Set<string>();
  for (const host of [...numbers(), ...ipv6(), ...names()]) {
    found.add(`https://${host}:${port}/`);
    found.add(`http://${host}:${port}/x`);
    found.add(`https://${host}/`);
    found.add(`https://good.example@${host}:${port}/`);
  }
  for (const odd of oddities(port)) found.add(odd);
  return [...found];
}

const RADIX = [(n: number) => String(n), (n: number) => `0x${n.toString(16)}`, (n: number) => `0${n.toString(8)}`];

function numbers(): string[] {
  const hosts = [
    '2130706433',
    '0x7f000001',
    '0X7F000001',
    '017700000001',
    '127.1',
    '127.0.1',
    '0x7f.1',
    '0177.1',
    '127.0x1',
  ];
  hosts.push(
    '00000000177.0.0.1',
    '0x0000007f.0.0.1',
    '127.00000.0.1',
    '127.0.0.0x1',
    '127.65535.1',
    '127.0.65535',
    '0',
    '0.0.0.0',
    '0x0',
  );
  for (let mix = 0; mix < 81; mix++) {
    const parts = [127, 0, 0, 1].map((part, at) => RADIX[Math.trunc(mix / 3 ** at) % 3](part));
    hosts.push(parts.join('.'));
  }
  // Digits and dots that become ASCII when a browser reads the host.
  const wide = '127.0.0.1'.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
  hosts.push(wide, wide.replaceAll('.', '。'), '127。0。0。1', '127．0．0．1', '127｡0｡0｡1', '①②⑦.⓪.⓪.①', '𝟏𝟐𝟕.𝟎.𝟎.𝟏');
  hosts.push(
    '%31%32%37.0.0.1',
    '127%2e0%2e0%2e1',
    '127.0.0.1.',
    '127.0.0.1..',
    '127.0.0.1%00',
    '127.0.0.1%20',
    '127.0.0.1%09',
  );
  for (const address of [
    '10.0.0.1',
    '192.168.0.1',
    '172.16.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '0.0.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ])
    hosts.push(address, String(address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)));
  return hosts;
}

const ipv6 = (): string[] =>
  [
    '::1',
    '0:0:0:0:0:0:0:1',
    '0000:0000:0000:0000:0000:0000:0000:0001',
    '::0001',
    '::',
    '0::0',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:7f00:0001',
    '0:0:0:0:0:ffff:127.0.0.1',
    '::FFFF:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2002:7f00:0001::1',
    '2001:0:7f00:1::1',
    'fe80::1',
    'fe80::1%25eth0',
    'fe80::1%25lo',
    '::1%25lo',
    'fec0::1',
    'fc00::1',
    'fd00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001:db8::1',
    '::ffff:0:127.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::ffff:10.0.0.1',
  ].map((address) => `[${address}]`);

const names = (): string[] => [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ｌｏｃａｌｈｏｓｔ',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'loc%61lhost',
  'local­host',
  'localhost.localdomain',
  'a.localhost',
  'printer.local',
  'metadata',
  'metadata.google.internal',
  'METADATA.GOOGLE.INTERNAL',
  'instance-data',
  'db.internal',
  'metadata.google.internal.',
  'router',
  'alcove',
  'ip6-localhost',
  'host.docker.internal',
  'kubernetes.default',
  'x.home.arpa',
  'inward.example',
  'inward.example.',
  'INWARD.example',
  'both.example',
  'mapped.example',
  'nat64.example',
  'meta.example',
  'lan.example',
  '127.0.0.1.nip.example',
  'xn--a-ecp.example',
  'ⅰnward.example',
  '-bad-.example',
  'a..example',
  '.example',
  '*',
  'a,b.example',
];

const oddities = (port: number): string[] => [
  `https://good.example#@127.0.0.1:${port}/`,
  `https://good.example\\@127.0.0.1:${port}/`,
  `https://127.0.0.1:${port}\\@good.example/`,
  `https:/127.0.0.1:${port}/`,
  `https:127.0.0.1:${port}/`,
  `https:////127.0.0.1:${port}/`,
  `https:\\\\127.0.0.1:${port}\\`,
  `//127.0.0.1:${port}/`,
  `/\\127.0.0.1:${port}/`,
  `127.0.0.1:${port}`,
  `\thttps://127.0.0.1:${port}/`,
  `ht\ntps://127.0.0.1:${port}/`,
  `https://127.0.0.1:0${port}/`,
  `https://127.0.0.1:${port}0000/`,
  `https://127.0.0.1: ${port}/`,
  `https://127.0.0.1:${port}@good.example/`,
  `https://user:pass@127.0.0.1:${port}/`,
  `https://:@127.0.0.1:${port}/`,
  `https://@127.0.0.1:${port}/`,
  `https://%40@127.0.0.1:${port}/`,
  ...[
    'ftp',
    'file',
    'gopher',
    'data',
    'javascript',
    'ws',
    'wss',
    'unix',
    'blob',
    'jar',
    'dict',
    'ldap',
    'tftp',
    'sftp',
    'http+unix',
    'view-source',
  ].map((scheme) => `${scheme}://127.0.0.1:${port}/`),
  ...[22, 25, 80, 3306, 5432, 6379, 8080, 9200, 11211, 27017].map((other) => `https://good.example:${other}/`),
  '',
  ' ',
  'https://',
  'https://?',
  'https://:443',
  'https://[',
  'https://[::1',
  'https://[::g]/',
  'null',
  'undefined',
  'https://\u0000/',
];
