/** Tells people that something has happened who may not be looking: sound, vibration, title, live region. */
import { one } from "./page";

let audio: AudioContext | null = null;

/** Called in a tap: browsers allow sound from then on. */
export function allowSound(): void {
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume();
}

/** Two soft notes; silent when nobody ever tapped. */
export function chime(): void {
  if (!audio || audio.state !== "running") return;
  for (const [after, hertz] of [[0, 523.25], [0.22, 659.25]] as const) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + after;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.12, start + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.7);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.75);
  }
}

export function vibrate(): void {
  navigator.vibrate?.([120, 80, 120]);
}

const plainTitle = document.title;

/** A mark in the tab's title; neutral words, for others may see the screen. */
export function badge(words: string): void {
  document.title = words ? `${words} ${plainTitle}` : plainTitle;
}

export function aloud(words: string): void {
  const region = one("[data-live-region]");
  if (region && words) region.textContent = words;
}

let hiding: ReturnType<typeof setTimeout> | undefined;

/** A short sentence at the edge; it goes by itself and never takes the focus. */
export function toast(words: string, forMs = 6_000): void {
  const place = one('[data-text~="toast"]');
  if (!place) return aloud(words);
  clearTimeout(hiding);
  place.textContent = words;
  place.hidden = false;
  hiding = setTimeout(() => { place.hidden = true; }, forMs);
}
