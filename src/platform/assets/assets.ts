import { Injectable } from '@nestjs/common';
import { assetTree, readFolder, type Asset, type AssetTree } from './asset-tree.js';
import { scopePluginStyles } from './stylesheet.js';

const CORE = 'core';

/** Files that browsers fetch, held in memory under an address that changes with their content. */
@Injectable()
export class Assets {
  private readonly trees = new Map<string, AssetTree>();

  constructor(core: AssetTree) {
    this.trees.set(CORE, core);
  }

  /** `encounters/room.js` -> `/assets/core/<digest>/encounters/room.js`. Throws for a file that does not exist. */
  url(name: string): string {
    return this.urlOf(CORE, name);
  }

  /** As `url`, for a file of a plugin: `urlOf('video-direct', 'call.js')`. */
  urlOf(owner: string, name: string): string {
    const tree = this.trees.get(owner);
    if (!tree?.files.has(name)) throw new Error(`there is no asset ${name} of ${owner}`);
    return `/assets/${owner}/${tree.digest}/${name}`;
  }

  /** Digest of the core's tree; changes with every release that changes a file. */
  get digest(): string {
    return this.trees.get(CORE)?.digest ?? '';
  }

  /**
   * Serves the files of a plugin from its `assets` folder, stylesheets wrapped into the plugin layer and scope. Registering again
   * replaces them. Throws when a file may not be served.
   */
  register(owner: string, dir: string): void {
    if (owner === CORE || !/^[a-z][a-z0-9-]*$/.test(owner)) throw new Error(`${owner} cannot own assets`);
    const contents = readFolder(dir);
    for (const [name, body] of contents)
      if (name.endsWith('.css')) contents.set(name, Buffer.from(scopePluginStyles(body.toString('utf8'), name)));
    this.trees.set(owner, assetTree(contents));
  }

  /** Forgets a plugin that was disabled. */
  unregister(owner: string): void {
    if (owner !== CORE) this.trees.delete(owner);
  }

  /** The file at exactly this owner, digest and name; names are looked up, never joined to a path. */
  find(owner: string, digest: string, name: string): Asset | undefined {
    const tree = this.trees.get(owner);
    return tree?.digest === digest ? tree.files.get(name) : undefined;
  }
}
