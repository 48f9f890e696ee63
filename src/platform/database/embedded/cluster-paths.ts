import path from 'node:path';

/** Where the parts of the bundled PostgreSQL lie, all inside `<data>/pg`. */
export class ClusterPaths {
  constructor(readonly folder: string) {}

  /** The data directory of PostgreSQL. */
  get cluster(): string {
    return path.join(this.folder, 'cluster');
  }

  /** Folder of the socket, unless its path is too long. */
  get run(): string {
    return path.join(this.folder, 'run');
  }

  /** Password of the owner of our database. */
  get password(): string {
    return path.join(this.folder, 'password');
  }

  /** Password of PostgreSQL's administrator, used to make that owner and for nothing else. */
  get adminPassword(): string {
    return path.join(this.folder, 'admin-password');
  }

  /** Where the running server listens, for commands that talk to it. */
  get connection(): string {
    return path.join(this.folder, 'connection.json');
  }

  get log(): string {
    return path.join(this.folder, 'postgres.log');
  }
}
