/** One AudioContext for the page's own small sounds and the microphone's meter; made on a tap, or it stays silent. */
let shared: AudioContext | null = null;

export function audio(): AudioContext {
  shared ??= new AudioContext();
  if (shared.state !== "running") void shared.resume();
  return shared;
}

/** Two soft notes through the chosen speaker; resolves when they have faded. */
export async function playSoftly(speaker?: string): Promise<void> {
  const context = audio() as AudioContext & { setSinkId?: (id: string) => Promise<void> };
  await context.resume();
  if (speaker && context.setSinkId) await context.setSinkId(speaker).catch(() => undefined);
  const begin = context.currentTime + 0.05;
  [523.25, 659.25].forEach((pitch, n) => {
    const note = new OscillatorNode(context, { frequency: pitch });
    const volume = new GainNode(context, { gain: 0 });
    const from = begin + n * 0.45;
    volume.gain.linearRampToValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(0.2, from + 0.06);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 0.9);
    note.connect(volume).connect(context.destination);
    note.start(from);
    note.stop(from + 0.95);
  });
  await new Promise((done) => setTimeout(done, 1500));
}
