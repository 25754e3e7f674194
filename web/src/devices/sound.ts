/** One AudioContext for the page's own small sounds and the microphone's meter; it sleeps while nobody needs it. */
let shared: AudioContext | null = null;
let needed = 0;
let isAllowed = false;

/** Give it back with `rest`: a running one keeps a thread and a phone's battery busy, also in silence. */
export function wake(): AudioContext {
  needed++;
  shared ??= new AudioContext();
  if (shared.state !== "running") void shared.resume();
  return shared;
}

export function rest(): void {
  if (--needed === 0) void shared?.suspend();
}

/** Called in a tap: browsers let the page sound from then on. */
export function allowSound(): void {
  if (isAllowed) return;
  void wake().resume().then(() => { isAllowed = true; }).finally(rest);
}

/** Without a tap before it, a sound would wait for one and come at the wrong moment. */
export function maySound(): boolean {
  return isAllowed || (navigator.userActivation?.isActive ?? false);
}

/** Two soft notes, so many seconds apart; resolves when they have faded. */
export async function twoNotes(apart: number, loud: number, speaker = ""): Promise<void> {
  const context = wake() as AudioContext & { setSinkId?: (id: string) => Promise<void> };
  await context.resume();
  if (speaker) await context.setSinkId?.(speaker).catch(() => undefined);
  const begin = context.currentTime + 0.05;
  [523.25, 659.25].forEach((pitch, n) => {
    const note = new OscillatorNode(context, { frequency: pitch });
    const volume = new GainNode(context, { gain: 0 });
    const from = begin + n * apart;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(loud, from + 0.06);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 0.9);
    note.connect(volume).connect(context.destination);
    note.start(from);
    note.stop(from + 0.95);
  });
  await new Promise((done) => setTimeout(done, (apart + 1) * 1_000));
  rest();
}
