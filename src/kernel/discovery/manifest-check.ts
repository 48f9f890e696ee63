import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import path from 'node:path';
import type { PluginManifest } from '@alcove/sdk';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** Names of the core's own word lists, assets and routes: a plugin with such an id would overwrite them. */
const RESERVED: ReadonlySet<string> = new Set([
  'access',
  'admin',
  'billing',
  'common',
  'consent',
  'core',
  'documents',
  'encounters',
  'errors',
  'interop',
  'kernel',
  'measures',
  'messaging',
  'people',
  'platform',
  'plugins',
  'portal',
  'practice',
  'records',
  'scheduling',
  'site',
]);

let compiled: ValidateFunction<PluginManifest> | undefined;

/** The published schema of the SDK, compiled once. */
function validator(): ValidateFunction<PluginManifest> {
  if (!compiled) {
    const file = path.join(path.dirname(sdkPackage()), 'manifest.schema.json');
    const schema = JSON.parse(readFileSync(file, 'utf8')) as object;
    compiled = new Ajv2020({ allErrors: true, strict: true }).compile<PluginManifest>(schema);
  }
  return compiled;
}

/** The server's own copy of the SDK: path of its package.json. */
export function sdkPackage(): string {
  const file = findPackageJSON('@alcove/sdk', import.meta.url);
  if (!file) throw new Error('@alcove/sdk cannot be found from the server: run npm ci');
  return file;
}

export const sdkVersion = (): string => (JSON.parse(readFileSync(sdkPackage(), 'utf8')) as { version: string }).version;

export type ManifestCheck =
  { readonly ok: true; readonly manifest: PluginManifest } | { readonly ok: false; readonly lines: readonly string[] };

/** Reads a manifest; what is wrong comes back as one line per fault, each beginning with its JSON path. */
export function checkManifest(value: unknown, folderName: string): ManifestCheck {
  if (value === undefined) return { ok: false, lines: ['alcove: package.json has no "alcove" object'] };
  const validate = validator();
  if (!validate(value)) return { ok: false, lines: faultLines(validate.errors ?? []) };
  const lines = meaningFaults(value, folderName);
  return lines.length > 0 ? { ok: false, lines } : { ok: true, manifest: value };
}

/** What a schema cannot say. */
function meaningFaults(manifest: PluginManifest, folderName: string): string[] {
  const lines: string[] = [];
  if (RESERVED.has(manifest.id)) lines.push(`alcove.id: "${manifest.id}" is a part of the server: take another one`);
  if (manifest.id !== folderName) lines.push(`alcove.id: is "${manifest.id}" but the folder is called "${folderName}"`);
  manifest.permissions?.forEach(({ key }, index) => {
    if (!key.startsWith(`${manifest.id}:`))
      lines.push(`alcove.permissions[${index}].key: must begin with "${manifest.id}:"`);
  });
  manifest.egress?.forEach((grant, index) => {
    if (grant.phi && !grant.basis)
      lines.push(`alcove.egress[${index}].basis: is needed because phi is true, for example "baa"`);
  });
  return lines;
}

const faultLines = (errors: readonly ErrorObject[]): string[] => [...new Set(errors.map(faultLine))];

function faultLine(error: ErrorObject): string {
  const at = jsonPath(error.instancePath);
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return `${at}: unknown key "${String(params.additionalProperty)}"`;
    case 'required':
      return `${at}.${String(params.missingProperty)}: is missing`;
    case 'type':
      return `${at}: must be ${article(String(params.type))}`;
    case 'enum':
      return `${at}: must be one of ${(params.allowedValues as unknown[]).map((one) => JSON.stringify(one)).join(', ')}`;
    case 'pattern':
      return `${at}: ${EXAMPLES[lastName(error.instancePath)] ?? `must match ${String(params.pattern)}`}`;
    case 'uniqueItems':
      return `${at}: names the same thing twice`;
    case 'minLength':
    case 'maxLength':
      return `${at}: must have ${error.keyword === 'minLength' ? 'at least' : 'at most'} ${String(params.limit)} characters`;
    default:
      return `${at}: ${error.message ?? 'is not valid'}`;
  }
}

const EXAMPLES: Readonly<Record<string, string>> = {
  id: 'use lower case letters, digits and single hyphens, for example "video-acme"',
  key: 'write it as "<plugin id>:<verb>", for example "video-acme:record"',
  host: 'write a host name without scheme or port, for example "*.acme.example"',
  slots: 'write it as "<page>.<place>", for example "admin.dashboard"',
  panels: 'use lower case letters, digits and hyphens, for example "usage"',
  sockets: 'write a path of lower case words, for example "/signal"',
};

const lastName = (pointer: string): string =>
  pointer
    .split('/')
    .filter((part) => part !== '' && !/^\d+$/.test(part))
    .at(-1) ?? '';

const jsonPath = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .reduce((at, part) => (/^\d+$/.test(part) ? `${at}[${part}]` : `${at}.${part}`), 'alcove');

const article = (type: string): string => (/^[aeio]/.test(type) ? `an ${type}` : `a ${type}`);
