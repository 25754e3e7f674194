/** Tells people that something has happened who may not be looking: sound, vibration, title, live region. */
import { maySound, twoNotes } from "../devices/sound";
import { one } from "./page";

/** Silent when nobody ever tapped. */
export function chime(): void {
  if (maySound()) void twoNotes(0.22, 0.12);
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
