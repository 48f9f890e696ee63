/** Numbers about the call for tests and support: counts and kinds, no addresses, no names. */

/**
 * @param {() => import('./call.js').Call | null} current
 * @param {import('./signal-client.js').SignalClient} signal
 */
export function diagnose(current, signal) {
  return {
    /** Resolves to null while there is no call. */
    async stats() {
      const call = current();
      // The call may end while the numbers are gathered.
      const connection = call?.connection;
      const report = await connection?.getStats();
      if (!report) return null;
      const seen = { framesDecoded: 0, packetsReceived: 0, pair: null, dtls: null };
      for (const entry of report.values()) {
        if (entry.type === 'inbound-rtp' && entry.kind === 'video') seen.framesDecoded += entry.framesDecoded ?? 0;
        if (entry.type === 'inbound-rtp' && entry.kind === 'audio') seen.packetsReceived += entry.packetsReceived ?? 0;
        if (entry.type !== 'transport') continue;
        seen.dtls = entry.dtlsState ?? null;
        const pair = report.get(entry.selectedCandidatePairId);
        const kind = (id) => report.get(id)?.candidateType ?? 'unknown';
        if (pair) seen.pair = `${kind(pair.localCandidateId)}/${kind(pair.remoteCandidateId)}`;
      }
      return {
        video: { framesDecoded: seen.framesDecoded },
        audio: { packetsReceived: seen.packetsReceived },
        pair: seen.pair,
        dtls: seen.dtls,
        connection: connection.connectionState,
        signaling: connection.signalingState,
        sockets: signal.sockets,
        ...call.counts,
      };
    },
    /** Breaks the line to the server, as a lost network would. Media is not touched. */
    dropSocket: () => signal.drop(),
    /** Makes both negotiation and ICE start again, as a change of network would. */
    restartIce: () => current()?.networkChanged(),
  };
}
