import { Ajv2020 } from 'ajv/dist/2020.js';
import path from 'node:path';
import { manifestSchema, type PluginFolder } from './plugin-folder.js';

const SHARED = ['@alcove/sdk', '@nestjs/common', '@nestjs/core', 'typeorm', 'reflect-metadata', 'rxjs'];

/** What is wrong with a plugin's package.json, one line each. */
export function packageFaults({ root, packageJson, manifest }: PluginFolder): string[] {
  const validate = new Ajv2020({ allErrors: true }).compile(manifestSchema());
  validate(manifest);
  return [
    ...(validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `alcove${instancePath.replaceAll('/', '.')}: ${message ?? 'is not valid'} ${JSON.stringify(params)}`,
    ),
    ...(path.basename(root) === manifest.id
      ? []
      : [`alcove.id: is "${manifest.id}" but the folder is called "${path.basename(root)}"`]),
    ...(packageJson.type === 'module' ? [] : ['type: must be "module"']),
    ...(packageJson.exports ? [] : ['exports: must name the entry, for example { ".": "./dist/index.js" }']),
    ...(packageJson.peerDependencies?.['@alcove/sdk'] ? [] : ['peerDependencies: "@alcove/sdk" is missing']),
    ...SHARED.filter((name) => packageJson.dependencies?.[name]).map(
      (name) => `dependencies: ${name} belongs into peerDependencies`,
    ),
  ];
}
