const EVERY_MS = 100;

/**
 * Bars that move with a voice.
 * @param {MediaStream} stream
 * @param {HTMLElement} bars element with one `<i>` per bar
 * @param {() => void} onVoice called once, when something was heard
 */
export function levelMeter(stream, bars, onVoice) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let heard = false;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const loudness = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    // Speech lies between about -50 and -10 dB.
    const share = loudness > 0 ? Math.min(1, Math.max(0, (20 * Math.log10(loudness) + 50) / 40)) : 0;
    const lit = Math.round(share * bars.children.length);
    [...bars.children].forEach((bar, index) => {
      bar.className = index < lit ? (index === lit - 1 ? 'mid' : 'on') : '';
    });
    if (!heard && lit >= 3) {
      heard = true;
      onVoice();
    }
  }, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      void context.close();
    },
  };
}

/** A soft tone of half a second, to hear whether the speaker is on. */
export function playTone() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = 523;
  volume.gain.setValueAtTime(0, context.currentTime);
  volume.gain.linearRampToValueAtTime(0.2, context.currentTime + 0.05);
  volume.gain.linearRampToValueAtTime(0, context.currentTime + 0.5);
  tone.connect(volume).connect(context.destination);
  tone.addEventListener('ended', () => context.close());
  tone.start();
  tone.stop(context.currentTime + 0.5);
}
