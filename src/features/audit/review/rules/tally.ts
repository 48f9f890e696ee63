import type { Act, Found, RuleId, RuleRun } from '../act.js';

interface Span {
  readonly act: Act;
  last: Act;
  count: number;
}

/** Counts acts by actor (and client) and makes one finding of each. Memory grows with people and clients, not with acts. */
export class Tally {
  private readonly spans = new Map<string, Span>();

  constructor(
    private readonly rule: RuleId,
    private readonly byClient: boolean,
  ) {}

  add(act: Act): void {
    const key = `${act.actorKind} ${act.actorId} ${this.byClient ? (act.clientId ?? '') : ''}`;
    const span = this.spans.get(key);
    if (!span) this.spans.set(key, { act, last: act, count: 1 });
    else {
      span.last = act;
      span.count++;
    }
  }

  found(facts: Found['facts'] = {}): Found[] {
    return [...this.spans.values()].map(({ act, last, count }) =>
      findingOf(this.rule, act, last, count, {
        clientId: this.byClient ? act.clientId : null,
        facts,
      }),
    );
  }
}

/** A rule that looks at each act by itself. */
export const each = (rule: RuleId, byClient: boolean, matches: (act: Act) => boolean): RuleRun => {
  const tally = new Tally(rule, byClient);
  return {
    see: (act) => {
      if (matches(act)) tally.add(act);
    },
    found: () => tally.found(),
  };
};

export const findingOf = (
  rule: RuleId,
  first: Act,
  last: Act,
  count: number,
  more: { readonly clientId: string | null; readonly facts: Found['facts'] },
): Found => ({
  rule,
  actorKind: first.actorKind,
  actorId: first.actorId,
  clientId: more.clientId,
  firstSeq: first.seq,
  lastSeq: last.seq,
  firstAt: first.at,
  lastAt: last.at,
  count,
  facts: more.facts,
});
