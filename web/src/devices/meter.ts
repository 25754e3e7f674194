/** The live bar beside the microphone, and the warning when nothing comes (ASKS 19). */
import { rest, wake } from "./sound";

export type Hearing = "listening" | "heard" | "silent";

const LOOK_MS = 100;
const SILENT_AFTER_MS = 6_000;
const A_VOICE = 0.02;
const ANYTHING = 0.004;

/** From loudness over time to what we may say. Pure; once heard, a pause in talking is not silence. */
export function hearing(before: Hearing, loudness: number, quietMs: number): Hearing {
  if (loudness >= A_VOICE) return "heard";
  if (before === "heard") return "heard";
  return quietMs >= SILENT_AFTER_MS ? "silent" : before;
}

/** Listens to the first microphone of the stream until stopped. */
export function listen(stream: MediaStream, show: (level: number, hearing: Hearing) => void): () => void {
  const context = wake();
  const source = context.createMediaStreamSource(stream);
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let state: Hearing = "listening";
  let quietSince = performance.now();
  let shown = 0;
  const timer = setInterval(() => {
    if (context.state !== "running") void context.resume(); // iOS stops it for a phone call
    analyser.getFloatTimeDomainData(samples);
    const loudness = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    if (loudness >= ANYTHING) quietSince = performance.now();
    state = hearing(state, loudness, performance.now() - quietSince);
    shown = Math.max(Math.min(1, Math.sqrt(loudness) * 2), shown * 0.8);
    show(shown, state);
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    source.disconnect();
    rest();
  };
}
