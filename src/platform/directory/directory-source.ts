/** What lists, pickers and headings need to know about a person; held in memory, so keep it small. */
export interface DirectoryEntry {
  /** The person's id, which is also the client's and the clinician's. */
  readonly id: string;
  readonly kinds: readonly ('client' | 'clinician' | 'guardian' | 'staff')[];
  readonly displayName: string;
  /** What lists are ordered by, code unit by code unit: fold it (`foldName`) and put the family name first. */
  readonly sortKey: string;
  readonly initials: string;
  /** The client's number, as shown. */
  readonly number?: string;
  readonly pronouns?: string;
  /** IANA zone. */
  readonly timeZone: string;
  readonly status: string;
  /** Clinicians assigned to, covering or supervising this client now; decides who may see the entry. */
  readonly clinicianIds: readonly string[];
}

/** Where the entries come from; the people feature registers one with `directory.setSource`. */
export interface DirectorySource {
  /** Every entry, in any order, read in pages. */
  loadAll(): AsyncIterable<DirectoryEntry>;
  /** The entries of these ids; an id left out is gone from the directory. */
  load(ids: readonly string[]): Promise<DirectoryEntry[]>;
}
