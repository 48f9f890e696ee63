import type { ActorName } from '../actor-names.service.js';
import type { RecordHistory } from '../record-history.service.js';
import { didKey, roleKey } from '../act-words.js';

export interface HistoryView {
  readonly lines: readonly {
    readonly at: string;
    readonly actor: ActorName;
    /** i18n key. */
    readonly did: string;
    /** i18n key, or null. */
    readonly role: string | null;
  }[];
  readonly zone: string;
  readonly newest: string | null;
  readonly older: string | null;
  /** The chart this belongs to; null for the client's own page. */
  readonly chart: string | null;
  readonly number: string | null;
}

/** `yours` speaks to the client; otherwise the same acts as staff call them. */
export function historyView(history: RecordHistory, yours: boolean): HistoryView {
  const here = yours ? '/portal/access-history' : `/clients/${history.clientId}/history`;
  return {
    lines: history.lines.map((line) => ({
      at: line.at.toISOString(),
      actor: history.names.of(line),
      did: yours ? `audit:yours.${line.action}` : didKey(line.action),
      role: roleKey(line.role),
    })),
    zone: history.zone,
    newest: history.first ? null : here,
    older: history.next === null ? null : `${here}?before=${history.next}`,
    chart: yours ? null : `/clients/${history.clientId}`,
    number: history.names.client(history.clientId),
  };
}
